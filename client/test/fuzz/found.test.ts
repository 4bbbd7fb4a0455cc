import { describe, it } from 'vitest'
import type { Action } from './actions.ts'
import { playThrough } from './agreement.ts'

/** What the fuzz test found once, at its smallest: it must not come back. */
describe('what chance once found', () => {
  const found: readonly (readonly [
    name: string,
    actions: readonly Action[],
    seed: number,
    limits: boolean,
  ])[] = [
    [
      'a receipt that comes in one go with the answer that brings its message',
      [
        { kind: 'look', client: 0, place: 0 },
        { kind: 'cut', line: 6, side: 'both' },
        { kind: 'send', client: 0, place: 0, count: 1 },
        { kind: 'http', client: 0, pick: 0, isFailing: false },
        { kind: 'look', client: 0, place: 0 },
        { kind: 'look', client: 0, place: 0 },
        { kind: 'send', client: 0, place: 1, count: 1 },
        { kind: 'flush', line: 0, isUp: false, count: 1 },
        { kind: 'look', client: 0, place: 0 },
        { kind: 'all' },
        { kind: 'pass', ms: 20 },
        { kind: 'cut', line: 0, side: 'both' },
      ],
      2113122274,
      false,
    ],
    [
      'an edit that takes a mention back from what was counted by the server',
      [
        { kind: 'http', client: 0, pick: 0, isFailing: false },
        { kind: 'all' },
        { kind: 'send', client: 0, place: 0, count: 2 },
        { kind: 'send', client: 3, place: 0, count: 2 },
        { kind: 'pass', ms: 20 },
        { kind: 'all' },
        { kind: 'edit', client: 3, place: 0, pick: 0 },
        { kind: 'pass', ms: 1200 },
        { kind: 'flush', line: 0, isUp: false, count: 1 },
        { kind: 'flush', line: 0, isUp: false, count: 1 },
        { kind: 'all' },
        { kind: 'flush', line: 0, isUp: false, count: 1 },
        { kind: 'pass', ms: 20 },
        { kind: 'pass', ms: 20 },
        { kind: 'flush', line: 0, isUp: false, count: 1 },
        { kind: 'pass', ms: 20 },
        { kind: 'flush', line: 0, isUp: false, count: 1 },
        { kind: 'flush', line: 0, isUp: false, count: 1 },
      ],
      0,
      false,
    ],
  ]
  it.each(found)('%s', (_name, actions, seed, limits) => playThrough(actions, seed, limits))
})
