import { MemoryBus } from '@parley/bus-memory'
import { turn } from '@parley/testkit'
import { describe, expect, it } from 'vitest'
import { type DialectSink, EventHub } from '../event-hub.ts'
import { silentObserver } from '../ports/observer.ts'

const event = { type: 'identity.ended', userId: 'ann', sessionId: null } as const

const sinkNamed = (dialect: string): DialectSink & { count: number } => ({
  dialect,
  count: 0,
  deliver() {
    this.count += 1
  },
})

describe('event hub', () => {
  it('FANOUT-1 tells each dialect once per event, however many connections need the topic', async () => {
    const hub = new EventHub(new MemoryBus({ onError: () => {} }), silentObserver)
    const [chat, channels] = [sinkNamed('chat'), sinkNamed('channels')]
    await Promise.all([
      hub.retain('user:ann', chat),
      hub.retain('user:ann', chat),
      hub.retain('user:ann', channels),
    ])
    hub.publish('user:ann', event)
    await turn()
    expect([chat.count, channels.count]).toEqual([1, 1])
    hub.release('user:ann', chat)
    hub.publish('user:ann', event)
    await turn()
    expect([chat.count, channels.count]).toEqual([2, 2])
    hub.release('user:ann', chat)
    hub.release('user:ann', channels)
    hub.release('user:ann', channels)
    expect(hub.topics).toBe(0)
    hub.publish('user:ann', event)
    await turn()
    expect([chat.count, channels.count]).toEqual([2, 2])
  })

  it('FANOUT-1 a dialect that throws keeps the event from nobody', async () => {
    const hub = new EventHub(new MemoryBus({ onError: () => {} }), silentObserver)
    const good = sinkNamed('good')
    const bad: DialectSink = {
      dialect: 'bad',
      deliver() {
        throw new Error('planted')
      },
    }
    await hub.retain('nodes', bad)
    await hub.retain('nodes', good)
    hub.publish('nodes', event)
    await turn()
    expect(good.count).toBe(1)
  })
})
