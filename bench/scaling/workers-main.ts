import { loadavg } from 'node:os'
import { buildOnce } from '@parley/testkit/server-process'
import { endInOrder } from './interrupt.ts'
import { measureSqlite } from './measure-sqlite.ts'
import { median } from './model.ts'

/** `npm run bench:workers`: direct messages on SQLite with one process and with two, in turn. */

const MESSAGES = 10_000
const ROUNDS = 3
const WORKERS = [1, 2] as const

endInOrder()
buildOnce()
const say = (line: string): void => void process.stdout.write(`${line}\n`)
say(`${MESSAGES} direct messages each, ${ROUNDS} rounds; load average before: ${loadavg()[0]!.toFixed(2)}`)
const micros = (seconds: number): number => Math.round(seconds * 1e6)
const lineOf = (workers: number, perSecond: number, cpu: number, primary: number): string =>
  `WORKERS=${workers}: ${Math.round(perSecond)} messages/s, ${micros(cpu)} µs of CPU each, of it ${micros(primary)} in the first process`
const figures = new Map<number, { perSecond: number[]; cpu: number[]; primary: number[] }>(
  WORKERS.map((workers) => [workers, { perSecond: [], cpu: [], primary: [] }]),
)
for (let round = 0; round < ROUNDS; round += 1) {
  for (const workers of WORKERS) {
    const { perSecond, cpu, primaryCpu } = await measureSqlite(MESSAGES, workers)
    const of = figures.get(workers)!
    of.perSecond.push(perSecond)
    of.cpu.push(cpu)
    of.primary.push(primaryCpu)
    say(`  ${lineOf(workers, perSecond, cpu, primaryCpu)}`)
  }
}
say('medians')
for (const [workers, { perSecond, cpu, primary }] of figures)
  say(`  ${lineOf(workers, median(perSecond), median(cpu), median(primary))}`)
