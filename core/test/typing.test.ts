import { MemoryBus } from '@parley/bus-memory'
import { FakeClock, turn } from '@parley/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { EventHub } from '../event-hub.ts'
import { DEFAULT_LIMITS, Limits } from '../limits.ts'
import { silentObserver } from '../ports/observer.ts'
import { MAX_TYPING_PER_USER, TYPING_TTL, Typing } from '../typing.ts'

const ann = { id: 'ann', username: 'Ann', avatar: null }

describe('typing', () => {
  let clock: FakeClock
  let typing: Typing
  let seen: string[]

  beforeEach(async () => {
    clock = new FakeClock()
    const bus = new MemoryBus({ onError: (error) => expect.fail(String(error)) })
    const hub = new EventHub(bus, silentObserver)
    typing = new Typing({ hub, clock, limits: new Limits(clock, DEFAULT_LIMITS) })
    seen = []
    const sink = {
      dialect: 'test',
      deliver: (topic: string, event: { type: string }) => {
        if ('isTyping' in event) seen.push(`${topic} ${event.isTyping}`)
      },
    }
    await hub.retain('user:bob', sink)
    await hub.retain('user:cas', sink)
  })

  it('TYPE-1 tells of changes only', async () => {
    typing.start(ann, { directWith: 'bob' }, 'c1')
    typing.start(ann, { directWith: 'bob' }, 'c1')
    typing.stop(ann, { directWith: 'bob' })
    typing.stop(ann, { directWith: 'bob' })
    await turn()
    expect(seen).toEqual(['user:bob true', 'user:bob false'])
  })

  it('TYPE-2 ends 30 s after the last start', async () => {
    typing.start(ann, { directWith: 'bob' }, 'c1')
    await clock.advance(TYPING_TTL - 1)
    typing.start(ann, { directWith: 'bob' }, 'c1')
    await clock.advance(TYPING_TTL - 1)
    expect(seen).toEqual(['user:bob true'])
    await clock.advance(1)
    expect(seen).toEqual(['user:bob true', 'user:bob false'])
  })

  it('TYPE-2 ends with the connection that began it, not with another', async () => {
    typing.start(ann, { directWith: 'bob' }, 'c1')
    typing.start(ann, { directWith: 'cas' }, 'c2')
    typing.disconnect(ann, 'c1')
    await turn()
    expect(seen).toEqual(['user:bob true', 'user:cas true', 'user:bob false'])
  })

  it('TYPE-2 ends with the leave of the connection that began it, not of another', async () => {
    typing.start(ann, { directWith: 'bob' }, 'c1')
    typing.leave(ann, { directWith: 'bob' }, 'c2')
    await turn()
    expect(seen).toEqual(['user:bob true'])
    typing.leave(ann, { directWith: 'bob' }, 'c1')
    await turn()
    expect(seen).toEqual(['user:bob true', 'user:bob false'])
  })

  it('TYPE-3 drops starts above the limit in silence, and never a stop', async () => {
    for (let index = 0; index < 5; index += 1) {
      typing.start(ann, { directWith: 'bob' }, 'c1')
      typing.stop(ann, { directWith: 'bob' })
    }
    typing.start(ann, { directWith: 'bob' }, 'c1')
    await turn()
    expect(seen).toHaveLength(10)
    await clock.advance(1_000)
    typing.start(ann, { directWith: 'bob' }, 'c1')
    await turn()
    expect(seen).toHaveLength(11)
  })

  it('TYPE-3 one user types to a bounded number at once', async () => {
    for (let index = 0; index <= MAX_TYPING_PER_USER; index += 1) {
      await clock.advance(250)
      typing.start(ann, { directWith: index === 0 ? 'bob' : `user-${index}` }, 'c1')
    }
    await turn()
    expect(seen).toEqual(['user:bob true', 'user:bob false'])
  })
})
