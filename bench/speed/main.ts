import { mkdirSync, writeFileSync } from 'node:fs'
import { buildOnce } from '@parley/testkit/server-process'
import { endInOrder } from '../scaling/interrupt.ts'
import { machineOf } from '../scaling/results.ts'
import { type Arguments, parseArguments } from './arguments.ts'
import { measureArrivals } from './arrivals.ts'
import { arrivalsChart, directChart, fanOutChart, growthChart, idleChart, reconnectChart } from './charts.ts'
import { compile } from './compile.ts'
import { requireCores } from './cores.ts'
import { measureDirect } from './direct.ts'
import { type FanOutPoint, fanOutRatio, measureFanOut } from './fan-out.ts'
import { micros } from './figures.ts'
import { measureGrowth } from './growth.ts'
import { measureIdle } from './idle.ts'
import { startChannels, startHub } from './parley.ts'
import { startersOf } from './peers.ts'
import { measureReconnect } from './reconnect.ts'

/**
 * `npm run bench -- WORKLOAD` measures one workload on the built server, beside its peers, prints what it found, and keeps it in
 * `bench/results`.
 */

const RESULTS = new URL('../results/', import.meta.url)

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const keep = (name: string, figures: object): void => {
  mkdirSync(RESULTS, { recursive: true })
  const file = new URL(`${name}.json`, RESULTS)
  writeFileSync(file, `${JSON.stringify({ machine: machineOf(), ...figures }, null, 2)}\n`)
  say(`Kept in bench/results/${name}.json.`)
}

const draw = (name: string, picture: string): void => {
  writeFileSync(new URL(`${name}.svg`, RESULTS), picture)
  say(`Drawn in bench/results/${name}.svg.`)
}

/** Of each server's CPU to that of Parley, side by side. */
const tellRatios = (points: readonly FanOutPoint[]): void => {
  for (const { name, members, burst, micros: figure } of points) {
    const ratios = ['Parley channels', 'Parley hub'].map((own) => {
      const ratio = fanOutRatio(points, [own, name], { members, burst })
      return `${own} takes ${ratio === null ? 'nothing known' : `${ratio.toFixed(2)} ×`}`
    })
    say(
      `${members} members, bursts of ${burst}: ${name} ${micros(figure.median)} µs; of it ${ratios.join(', ')}`,
    )
  }
}

const measure = async (given: Arguments): Promise<void> => {
  switch (given.workload) {
    case 'fanout': {
      const starters = [startChannels, startHub, ...given.peers.flatMap(startersOf)].map(
        (start) => () => start(),
      )
      const points = await measureFanOut({ ...given, starters, say })
      tellRatios(points)
      keep('fanout', { points })
      return draw('fanout', fanOutChart(points))
    }
    case 'direct': {
      const points = await measureDirect({ ...given, say })
      keep('direct', { points })
      return draw('direct', directChart(points))
    }
    case 'idle': {
      const points = await measureIdle({ ...given, say })
      keep('idle', { points })
      return draw('idle', idleChart(points))
    }
    case 'arrivals': {
      const points = await measureArrivals({ ...given, say })
      keep('arrivals', { points })
      return draw('arrivals', arrivalsChart(points))
    }
    case 'growth': {
      const points = await measureGrowth({ ...given, say })
      keep('growth', { points })
      for (const axis of ['online', 'stored'] as const) draw(`growth-${axis}`, growthChart(points, axis))
      return
    }
    case 'reconnect': {
      const points = await measureReconnect({ ...given, say })
      keep('reconnect', { points })
      return draw('reconnect', reconnectChart(points))
    }
  }
}

const run = async (args: readonly string[]): Promise<void> => {
  const given = parseArguments(args)
  endInOrder()
  requireCores()
  compile('load')
  buildOnce()
  await measure(given)
}

run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
