import type { OwnChannelJson } from '@parley/dialect-channels'
import { describe, expect, it } from 'vitest'
import { Reading } from '../../reading.ts'
import { type Stored, Timeline } from '../../timeline.ts'
import { range, stored } from './stored.ts'

const channel = (more: Partial<OwnChannelJson>): OwnChannelJson => ({
  ...{ id: 'tea', name: 'tea', kind: 'channel', isPrivate: false, memberCount: 2, createdAt: '' },
  ...{ archivedAt: null, role: 'member', seq: 0, rev: 0, readSeq: 0, deliveredSeq: 0 },
  ...{ unreadCount: 0, mentionCount: 0, ...more },
})

const world = (messages: readonly Stored[], head = messages.at(-1)?.seq ?? 0) => {
  const timeline = new Timeline()
  timeline.restore(head, messages)
  const reading = new Reading({
    timeline,
    isOthers: ({ userId }) => userId !== 'ann',
    isMention: ({ source }) => source.includes('@ann'),
  })
  return { timeline, reading }
}

const own = (seq: number) => stored(seq, { userId: 'ann' })

describe('Reading', () => {
  it('counts what the server counted, and what came since by others, each once', () => {
    const { timeline, reading } = world([stored(10)], 10)
    reading.describe(channel({ seq: 10, readSeq: 2, unreadCount: 5, mentionCount: 1 }))
    for (const message of [stored(12), stored(11, { source: 'for @ann' }), own(13), stored(12)])
      timeline.put(message)
    expect(reading.counts).toEqual({ unread: 7, mentions: 2 })
  })

  it('counts what is here where all of it is here, as it is now', () => {
    const { timeline, reading } = world(range(3, 6))
    reading.describe(channel({ seq: 6, readSeq: 3, unreadCount: 3, mentionCount: 1 }))
    timeline.put(stored(5, { rev: 9, source: 'for @ann, twice @ann' }))
    expect(reading.counts).toEqual({ unread: 3, mentions: 1 })
    timeline.put(stored(5, { rev: 10, source: 'for nobody' }))
    expect(reading.counts).toEqual({ unread: 3, mentions: 0 })
  })

  it('has nothing left at the head', () => {
    const { reading } = world([stored(10)], 10)
    reading.describe(channel({ seq: 10, readSeq: 2, unreadCount: 8, mentionCount: 3 }))
    expect(reading.advance(10)).toBe(true)
    expect([reading.seq, reading.counts]).toEqual([10, { unread: 0, mentions: 0 }])
  })

  it('counts anew what is here, and guesses what is not', () => {
    const here = world(range(5, 10))
    here.reading.describe(channel({ seq: 10, readSeq: 2, unreadCount: 8, mentionCount: 3 }))
    expect(here.reading.advance(7)).toBe(true)
    expect(here.reading.counts).toEqual({ unread: 3, mentions: 0 })
    const away = world([stored(10)], 10)
    away.reading.describe(channel({ seq: 10, readSeq: 2, unreadCount: 7, mentionCount: 6 }))
    expect(away.reading.advance(5)).toBe(false)
    expect(away.reading.counts).toEqual({ unread: 4, mentions: 4 })
  })

  it('does not go back for what the server does not know yet, or knew once', () => {
    const { timeline, reading } = world(range(8, 10))
    reading.describe(channel({ seq: 10, readSeq: 8, unreadCount: 2 }))
    reading.advance(10)
    timeline.put(stored(11))
    reading.describe(channel({ seq: 11, readSeq: 8, unreadCount: 3, deliveredSeq: 9 }))
    expect([reading.seq, reading.counts.unread, reading.told]).toEqual([10, 1, { delivered: 9, read: 8 }])
    // An answer that was on its way for long.
    reading.describe(channel({ seq: 9, readSeq: 10, unreadCount: 0 }))
    expect(reading.counts.unread).toBe(1)
  })

  it('follows another device', () => {
    const { reading } = world([stored(10)], 10)
    reading.describe(channel({ seq: 10, readSeq: 2, unreadCount: 8 }))
    reading.describe(channel({ seq: 10, readSeq: 9, unreadCount: 1 }))
    expect([reading.seq, reading.counts.unread]).toEqual([9, 1])
  })

  it('still counts what is let go', () => {
    const { timeline, reading } = world(range(1, 4))
    reading.describe(channel({ seq: 4, readSeq: 0, unreadCount: 4 }))
    for (const seq of [5, 6, 7]) timeline.put(stored(seq))
    reading.settle()
    timeline.trim(1)
    timeline.put(stored(8))
    expect(reading.counts.unread).toBe(8)
  })
})
