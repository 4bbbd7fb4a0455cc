import { FakeClock } from '@parley/testkit'
import { describe, expect, it } from 'vitest'
import { silentObserver } from '../index.ts'
import { LogTail, TAIL_INTERVAL } from '../log-tail.ts'

/** A log of one conversation: each message has the number, the revision and the position that are the same. */
const scene = () => {
  const clock = new FakeClock()
  const log = { end: 0, isAway: false, asked: 0, unreadable: new Set<number>() }
  const seen: number[] = []
  const errors: string[] = []
  const store = {
    logEnd: async () => {
      if (log.isAway) throw new Error('away')
      return log.end
    },
    logged: async ({ after, until }: { after: number; until: number }) => {
      log.asked += 1
      const numbers = Array.from({ length: until - after }, (_, index) => after + 1 + index)
      return numbers
        .filter((number) => !log.unreadable.has(number))
        .map((rev) => ({ conversationId: 'c', members: null, from: rev, rev, seqFrom: rev }))
    },
  }
  const tail = new LogTail({
    ...{ store, clock, onHead: ({ rev }) => void seen.push(rev) },
    observer: { ...silentObserver, error: (what) => void errors.push(what) },
  })
  tail.start()
  return { log, seen, errors, tail, look: () => clock.advance(TAIL_INTERVAL) }
}

describe('the end of the log', () => {
  it('NODE-2 is looked at when a message had time to come by the bus, and costs one number when nothing is written', async () => {
    const { log, seen, look } = scene()
    log.end = 5
    await look()
    log.end = 6
    await look()
    // What was there before the first look is for whoever connects to read.
    expect(seen).toEqual([])
    await look()
    expect(seen).toEqual([6])
    for (let index = 0; index < 3; index += 1) await look()
    const { asked } = log
    for (let index = 0; index < 5; index += 1) await look()
    expect(log.asked).toBe(asked)
  })

  it('NODE-2 is read again, for a batch that became readable after a later one', async () => {
    const { log, seen, look } = scene()
    await look()
    log.unreadable.add(1)
    log.end = 2
    for (let index = 0; index < 2; index += 1) await look()
    expect(seen).toEqual([2])
    log.unreadable.clear()
    await look()
    expect(seen).toEqual([2, 1, 2])
  })

  it('NODE-2 begins anew in a store that was put back, and goes on after one that was away, which is said once', async () => {
    const { log, seen, errors, look, tail } = scene()
    log.end = 9
    await look()
    log.end = 4
    await look()
    log.isAway = true
    for (let index = 0; index < 3; index += 1) await look()
    expect(errors).toEqual(['the end of the log not read'])
    log.isAway = false
    log.end = 5
    for (let index = 0; index < 2; index += 1) await look()
    expect(seen).toEqual([5])
    tail.stop()
    log.end = 6
    for (let index = 0; index < 3; index += 1) await look()
    expect(seen).not.toContain(6)
  })
})
