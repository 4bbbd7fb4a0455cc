import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { buildOnce } from '@parley/testkit/server-process'
import { endInOrder } from '../scaling/interrupt.ts'
import { requireCores } from './cores.ts'
import { measureFanOut } from './fan-out.ts'
import {
  GATE_MEMBERS,
  type GateRatio,
  gateRatiosOf,
  type Loss,
  lastingLosses,
  lossesOf,
  nameOf,
  TOLERANCE,
} from './gate.ts'
import { startChannels, startHub } from './parley.ts'
import { startersOf } from './peers.ts'

/**
 * `npm run bench:gate` measures the fan-out beside the C and ws servers, and fails when it lost against them since the ratios in
 * `bench/results/gate.json` were kept; `npm run bench:gate -- --keep` keeps those of now.
 */

const STORED = new URL('../results/gate.json', import.meta.url)
const RUN = { members: [GATE_MEMBERS], seconds: 1, runs: 5 }
/** A loss must show each time. */
const TRIES = 3

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const measure = async (): Promise<GateRatio[]> => {
  const starters = [startChannels, startHub, ...(['c', 'ws'] as const).flatMap(startersOf)]
  const points = await measureFanOut({ ...RUN, starters: starters.map((start) => () => start()), say })
  return gateRatiosOf(points)
}

const compare = async (stored: readonly GateRatio[]): Promise<Loss[]> => {
  const tries: Loss[][] = []
  for (let index = 0; index < TRIES; index += 1) {
    const now = await measure()
    for (const [at, ratio] of now.entries())
      say(`${nameOf(ratio)}: ${ratio.ratio.toFixed(2)}, was ${(stored[at]?.ratio ?? 0).toFixed(2)}`)
    tries.push(lossesOf(stored, now))
    if (lastingLosses(tries).length === 0) return []
  }
  return lastingLosses(tries)
}

const run = async ([flag, ...rest]: readonly string[]): Promise<void> => {
  if ((flag !== undefined && flag !== '--keep') || rest.length > 0)
    throw new Error('Usage: npm run bench:gate [-- --keep]')
  endInOrder()
  requireCores()
  buildOnce()
  if (flag === '--keep') {
    const ratios = await measure()
    writeFileSync(STORED, `${JSON.stringify({ ratios }, null, 2)}\n`)
    say(`Kept ${ratios.length} ratios.`)
    return
  }
  if (!existsSync(STORED)) throw new Error('No ratios are stored yet: npm run bench:gate -- --keep')
  const { ratios } = JSON.parse(readFileSync(STORED, 'utf8')) as { ratios: GateRatio[] }
  const losses = await compare(ratios)
  if (losses.length === 0) return say(`Nothing lost more than ${TOLERANCE * 100} %.`)
  const lines = losses.map(({ name, before, now }) => `${name}: ${before.toFixed(2)} → ${now.toFixed(2)}`)
  throw new Error(`LOST more than ${TOLERANCE * 100} %:\n${lines.join('\n')}`)
}

run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
