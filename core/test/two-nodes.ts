import { MemoryLeases } from '@parley/bus-memory'
import { type Message, newId } from '@parley/model'
import { FakeClock, type LossyBus, LossyNetwork, MemoryStore, plainAccount } from '@parley/testkit'
import { expect } from 'vitest'
import {
  type Core,
  type CoreEvent,
  createCore,
  type DirectoryUser,
  silentObserver,
  type Topic,
} from '../index.ts'
import { FakeAuthenticator } from './core-fixture.ts'

export interface Node {
  readonly core: Core
  readonly bus: LossyBus
}

/** Two nodes over one store, with a network between them that the test spoils. Ann is connected to both, Bob to the second. */
export interface TwoNodes {
  readonly nodes: readonly [Node, Node]
  readonly network: LossyNetwork
  readonly store: MemoryStore
  readonly clock: FakeClock
  readonly ann: DirectoryUser
  readonly bob: DirectoryUser
  readonly channelId: string
  stop(): Promise<void>
}

export const createTwoNodes = async (): Promise<TwoNodes> => {
  const [store, clock] = [new MemoryStore(), new FakeClock()]
  const network = new LossyNetwork(clock)
  const leases = new MemoryLeases(clock)
  const newNode = async (nodeId: string): Promise<Node> => {
    const bus = network.newNode({ onError: (error) => expect.fail(String(error)) })
    const core = await createCore({
      nodeId,
      store,
      bus,
      leases,
      authenticator: new FakeAuthenticator(),
      clock,
      observer: silentObserver,
      limits: 'off',
      presence: { interval: 250, listMax: 500 },
      roomGrace: 30_000,
    })
    return { core, bus }
  }
  const [ann, bob] = ['ann', 'bob'].map((username) => plainAccount({ id: newId(), username })) as [
    DirectoryUser,
    DirectoryUser,
  ]
  for (const user of [ann, bob]) store.addUser(user)
  const nodes = [await newNode('node-1'), await newNode('node-2')] as const
  const command = { name: 'general', isPrivate: false, memberIds: [bob.id] }
  const channelId = (await nodes[0].core.channels.create(ann, command)).channel.id
  const stop = async (): Promise<void> => {
    for (const { core } of nodes) await core.stop()
    await leases.close()
  }
  return { nodes, network, store, clock, ann, bob, channelId, stop }
}

/** Everything that a dialect of this node is told on a topic. */
export const listen = async ({ core }: Node, topic: Topic): Promise<CoreEvent[]> => {
  const events: CoreEvent[] = []
  const dialect = `test ${topic} ${newId()}`
  await core.hub.retain(topic, { dialect, deliver: (_topic, event) => void events.push(event) })
  return events
}

export const messagesIn = (events: readonly CoreEvent[]): readonly Message[] =>
  events.flatMap((event) => (event.type === 'message.created' ? [event.message] : []))
