import { afterAll, beforeAll, expect, it } from 'vitest'
import { talk } from '../node/talk.ts'
import { startRunning } from './server.ts'
import type { Running } from './server-process.ts'

let running: Running
beforeAll(async () => {
  running = await startRunning()
})
afterAll(() => running.stop())

it('lets two users talk and prints every receipt', async () => {
  const printed: string[] = []
  await talk(running.url, (text) => printed.push(...text.split('\n')))
  const receipts = printed.filter((line) => line.startsWith('receipt: '))
  expect(receipts.at(-1)).toBe('receipt: read')
  expect(receipts).toContain('receipt: sent')
  expect(printed.filter((line) => /^ada-\w+: Hello Bob$/u.test(line))).toHaveLength(1)
  expect(printed.at(-2)).toMatch(/^ada-\w+: Hello Bob \(read\)$/u)
  expect(printed.at(-1)).toMatch(/^bob-\w+: Hello Ada$/u)
})
