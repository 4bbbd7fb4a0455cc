import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import { newId } from '@parley/model'
import { FakeClock, MemoryStore, plainAccount, turn } from '@parley/testkit'
import { expect } from 'vitest'
import {
  createCore,
  DEFAULT_LIMITS,
  type Observer,
  type Participant,
  type ParticipantNews,
  silentObserver,
} from '../index.ts'
import { FakeAuthenticator } from './core-fixture.ts'

type Account = ReturnType<typeof plainAccount>

/** A participant and what it was told. */
export interface Peer {
  readonly it: Participant
  readonly news: ParticipantNews[]
  /** Whether it answers when it is asked. */
  lives: boolean
  /** Types of what it was told since it was last asked. */
  take(): string[]
}

/** Two nodes over one bus, one store and one set of leases, with a clock that the test moves. */
export const signalScene = async () => {
  const clock = new FakeClock()
  const store = new MemoryStore()
  const bus = new MemoryBus({ onError: (error) => expect.fail(String(error)) })
  const leases = new MemoryLeases(clock)
  const counts = new Map<string, number>()
  const samples: number[] = []
  const observer: Observer = {
    ...silentObserver,
    error: (event, error) => expect.fail(`${event}: ${String(error)}`),
    count: (metric, labels) => {
      if (metric !== 'parley_calls_total') return
      const result = labels?.['result'] ?? ''
      counts.set(result, (counts.get(result) ?? 0) + 1)
    },
    observe: (metric, value) => {
      if (metric === 'parley_call_seconds') samples.push(value)
    },
  }
  const node = (nodeId: string) =>
    createCore({
      nodeId,
      store,
      bus,
      leases,
      authenticator: new FakeAuthenticator(),
      clock,
      observer,
      limits: { ...DEFAULT_LIMITS, call: { points: 100_000, windowMs: 1_000 } },
      presence: { interval: 250, listMax: 500 },
      roomGrace: 30_000,
      groupGrace: 60_000,
    })
  const nodes = [await node('one'), await node('two')] as const
  const topicsBefore = nodes.map(({ hub }) => hub.topics)
  let serial = 0
  const connect = async (on: 0 | 1, account: Account | null = null): Promise<Peer> => {
    serial += 1
    const news: ParticipantNews[] = []
    const peer: Peer = {
      it: nodes[on].participants.newParticipant({
        connectionId: `connection-${serial}`,
        account: account === null ? null : { ...account, role: account.role },
        isAlive: () => (peer.lives ? Promise.resolve(true) : new Promise(() => {})),
        tell: (item) => void news.push(item),
      }),
      news,
      lives: true,
      take: () => news.splice(0).map(({ type }) => type),
    }
    await peer.it.start()
    return peer
  }
  /** With a group and a peer id of its own. */
  const callable = async (on: 0 | 1, peerId: string, account: Account | null = null): Promise<Peer> => {
    const peer = await connect(on, account)
    await peer.it.create({ groupName: 'g', username: peerId })
    await peer.it.setPeerId(peerId)
    peer.take()
    return peer
  }
  const addUser = (more: Partial<Account> = {}): Account => {
    serial += 1
    const account = plainAccount({ id: newId(), username: `user-${serial}`, ...more })
    store.addUser(account)
    return account
  }
  /** Nothing of groups, peer ids and calls is left, nor any topic. */
  const expectNothingLeft = async (): Promise<void> => {
    await clock.advance(70_000)
    const left = await Promise.all((['member', 'peer', 'call'] as const).map((kind) => leases.count(kind)))
    expect(left).toEqual([0, 0, 0])
    expect(nodes.map(({ hub }) => hub.topics)).toEqual(topicsBefore)
    expect(nodes.map(({ peerIds }) => peerIds.size)).toEqual([0, 0])
  }
  return { clock, store, leases, counts, samples, nodes, connect, callable, addUser, expectNothingLeft }
}

export const settled = turn
