import { FakeClock } from '@parley/testkit'
import { describe, expect, it } from 'vitest'
import { MAX_WAITING, MAX_WAITING_OF_PEER, WAIT, Waiting } from '../waiting.ts'

const scene = () => {
  const clock = new FakeClock()
  const expired: string[] = []
  const waiting = new Waiting<string>({
    clock,
    onExpired: (sender, to) => void expired.push(`${sender}>${to}`),
  })
  return { clock, expired, waiting }
}

describe('messages for peers that are not there yet', () => {
  it('PEERJS-6 are taken once, in the order of their sender', () => {
    const { waiting, expired } = scene()
    for (const text of ['1', '2']) {
      expect(waiting.add('ann', 'cas', text)).toBe(true)
      expect(waiting.add('bob', 'cas', text)).toBe(true)
      expect(waiting.add('ann', 'dan', text)).toBe(true)
    }
    expect(waiting.take('cas')).toEqual([
      { sender: 'ann', text: '1' },
      { sender: 'ann', text: '2' },
      { sender: 'bob', text: '1' },
      { sender: 'bob', text: '2' },
    ])
    expect(waiting.take('cas')).toEqual([])
    expect([waiting.size, expired]).toEqual([2, []])
  })

  it('PEERJS-6 expire once for each sender and receiver, 5 s after its first message', async () => {
    const { waiting, expired, clock } = scene()
    waiting.add('ann', 'cas', '1')
    await clock.advance(WAIT - 1_000)
    waiting.add('ann', 'cas', '2')
    waiting.add('bob', 'cas', '1')
    await clock.advance(999)
    expect(expired).toEqual([])
    await clock.advance(1)
    expect([expired, waiting.size]).toEqual([['ann>cas'], 1])
    await clock.advance(WAIT)
    expect([expired, waiting.size]).toEqual([['ann>cas', 'bob>cas'], 0])
  })

  it('PEERJS-6 go with their sender', async () => {
    const { waiting, expired, clock } = scene()
    waiting.add('ann', 'cas', '1')
    waiting.add('ann', 'dan', '1')
    waiting.add('bob', 'cas', '1')
    waiting.forget('ann')
    expect(waiting.take('dan')).toEqual([])
    await clock.advance(WAIT)
    expect([expired, waiting.size]).toEqual([['bob>cas'], 0])
  })

  it('PEERJS-7 are bounded by count and bytes for one receiver and one sender', () => {
    const { count, bytes } = MAX_WAITING_OF_PEER
    const byCount = scene().waiting
    for (let index = 0; index < count; index += 1) expect(byCount.add(`s${index}`, 'cas', 'x')).toBe(true)
    expect(byCount.add('late', 'cas', 'x')).toBe(false)
    for (let index = 0; index < count; index += 1) expect(byCount.add('ann', `r${index}`, 'x')).toBe(true)
    expect([byCount.add('ann', 'late', 'x'), byCount.add('late', 'other', 'x')]).toEqual([false, true])

    const byBytes = scene().waiting
    // As UTF-8: two bytes each.
    expect(byBytes.add('ann', 'cas', 'é'.repeat(bytes / 2))).toBe(true)
    expect([byBytes.add('ann', 'dan', 'x'), byBytes.add('bob', 'cas', 'x')]).toEqual([false, false])
    byBytes.take('cas')
    expect(byBytes.add('ann', 'dan', 'x')).toBe(true)
  })

  it('PEERJS-7 are bounded in all, and make room again as they go', () => {
    const { waiting } = scene()
    const text = 'x'.repeat(MAX_WAITING_OF_PEER.bytes)
    const most = MAX_WAITING.bytes / text.length
    for (let index = 0; index < most; index += 1)
      expect(waiting.add(`s${index}`, `r${index}`, text)).toBe(true)
    expect(waiting.add('late', 'other', 'x')).toBe(false)
    waiting.forget('s0')
    expect(waiting.add('late', 'other', 'x')).toBe(true)
    waiting.clear()
    expect([waiting.size, waiting.take('other')]).toEqual([0, []])

    for (let index = 0; index < MAX_WAITING.count; index += 1) {
      expect(waiting.add(`s${index}`, `r${index}`, 'x')).toBe(true)
    }
    expect(waiting.add('late', 'other', 'x')).toBe(false)
  })
})
