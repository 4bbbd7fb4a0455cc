import { randomInt } from 'node:crypto'
import { expect, it } from 'vitest'
import { runChaos } from './chaos-run.ts'

/** The short form; `npm run test:chaos` is the long one. */

it('CHAOS-1, CHAOS-2 nodes, Redis and PostgreSQL are killed and hang while people write: all ten invariants hold', async () => {
  const seed = Number(process.env['PARLEY_CHAOS_SEED'] ?? randomInt(2 ** 31))
  const said: string[] = [`PARLEY_CHAOS_SEED=${seed}`]
  const say = (line: string): void => void said.push(line)
  const report = await runChaos({ seed, people: 6, pause: 250, hang: 5_000, duration: 0, isLong: false, say })
  expect(report.wrong, said.join('\n')).toEqual([])
  // It was tried at all.
  expect(report.figures.acknowledged, said.join('\n')).toBeGreaterThan(100)
  expect(report.figures.retried, said.join('\n')).toBeGreaterThan(0)
  if (process.env['PARLEY_CHAOS_SAY'] !== undefined) process.stdout.write(`${said.join('\n')}\n`)
}, 240_000)
