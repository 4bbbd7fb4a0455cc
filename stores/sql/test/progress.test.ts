import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { advanceBest, type Best, furthestBut } from '../progress.ts'
import { type CommitterHarness, openCommitter } from './harness.ts'
import { channel, post, receipt } from './ops.ts'

const CROWD = 5_000

/** Numbers that look like chance, the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    yield state
  }
}

describe('progress of a channel', () => {
  it('SQLITE-16 the two furthest tell the furthest of anybody but one, whoever that is', () => {
    const chance = numbers(7)
    const users = ['a', 'b', 'c', 'd', 'e']
    for (let round = 0; round < 50; round += 1) {
      const cursors = new Map<string, number>()
      let best: Best = { seq: 0, by: null, second: 0 }
      for (let step = 0; step < 30; step += 1) {
        const user = users[chance.next().value % users.length]!
        const seq = Math.max(cursors.get(user) ?? 0, chance.next().value % 20)
        cursors.set(user, seq)
        best = advanceBest(best, user, seq)
        for (const author of [...users, 'z']) {
          const others = users.filter((id) => id !== author).map((id) => cursors.get(id) ?? 0)
          expect(furthestBut(best, author)).toBe(Math.max(...others))
        }
      }
    }
  })
})

describe('receipts in a crowd', () => {
  let harness: CommitterHarness
  beforeEach(() => {
    harness = openCommitter()
  })
  afterEach(() => harness.close())

  const id = (index: number) => `u${index}`
  const changes = () => harness.db.prepare('select total_changes()').pluck().get() as number

  /** How many rows the receipts write. */
  const rowsOf = (readers: readonly number[], status: 'delivered' | 'read'): number => {
    const before = changes()
    const where = { id: 'g' }
    harness.commit(readers.map((index) => receipt({ id: id(index) }, status, where)))
    return changes() - before
  }

  it(`SQLITE-17 a receipt in a channel of ${CROWD} writes its reader's row, and the channel's for the first two alone`, () => {
    harness.commit([channel('g', [id(0)])])
    for (let from = 1; from < CROWD; from += 500) {
      const userIds = Array.from({ length: 500 }, (_, index) => id(from + index)).slice(0, CROWD - from)
      harness.commit([{ kind: 'add-members', channelId: 'g', expect: [], isPrivate: false, userIds, at: 1 }])
    }
    harness.commit([post({ id: id(0) }, 'g'), post({ id: id(0) }, 'g')])
    expect(rowsOf([1], 'delivered')).toBe(2)
    expect(rowsOf([2], 'delivered')).toBe(2)
    expect(rowsOf([3], 'delivered')).toBe(1)
    expect(rowsOf([3], 'read')).toBe(2)
    expect(rowsOf([4], 'read')).toBe(2)
    const crowd = Array.from({ length: 495 }, (_, index) => 5 + index)
    expect(rowsOf(crowd, 'read')).toBe(crowd.length)
    expect(rowsOf(crowd, 'read')).toBe(0)
    const row = harness.db
      .prepare('select member_count, best_read_seq, second_read_seq from conversations')
      .raw()
    expect(row.get()).toEqual([CROWD, 2, 2])
  })
})
