import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import { type Authenticator, type Core, createCore, type Identity, silentObserver } from '@parley/core'
import { FakeClock, FakeConnection, MemoryStore, turn } from '@parley/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { HubServer, type HubSession } from '../index.ts'

/** Two nodes that share leases and bus, and connections whose frames come at once. */

const nobody: Authenticator = {
  byToken: async () => ({ ok: false, reason: 'missing' }),
  byHeaders: async () => ({ ok: false, reason: 'missing' }),
  isValid: async () => true,
}

const identityOf = (name: string, role: Identity['role'] = 'user'): Identity => ({
  userId: name,
  username: name,
  avatar: null,
  email: `${name}@example.org`,
  role,
  sessionId: null,
  expiresAt: null,
})

interface Client {
  readonly frames: Record<string, unknown>[]
  readonly connection: FakeConnection<HubSession>
  types(): unknown[]
  say(text: string): Promise<void>
}

let clock: FakeClock
let cores: Core[]
let nodes: HubServer[]
let connections = 0

beforeEach(async () => {
  clock = new FakeClock()
  const bus = new MemoryBus({ onError: (error) => expect.fail(String(error)) })
  const leases = new MemoryLeases(clock)
  const startCore = (nodeId: string): Promise<Core> =>
    createCore({
      ...{ nodeId, bus, leases, clock, store: new MemoryStore(), authenticator: nobody },
      ...{
        observer: silentObserver,
        limits: 'off',
        presence: { interval: 250, listMax: 500 },
        roomGrace: 30_000,
      },
    })
  cores = [await startCore('node-1'), await startCore('node-2')]
  nodes = cores.map(
    (core) => new HubServer({ core, maxConnectionsPerUser: 2, listMax: 500, exposeEmail: false }),
  )
})

const connect = async (node: number, name: string): Promise<Client> => {
  const hub = nodes[node]!
  connections += 1
  const frames: Client['frames'] = []
  const connection = new FakeConnection<HubSession>({
    id: `c${connections}`,
    data: hub.session({ ok: true, identity: identityOf(name) })!,
    onText: (text) => void frames.push(JSON.parse(text) as Record<string, unknown>),
    onClosed: (closed, code) => hub.handlers.close?.(closed.asConnection, code),
  })
  hub.handlers.open?.(connection.asConnection)
  await turn()
  return {
    frames,
    connection,
    types() {
      connection.flush()
      return frames.map(({ type }) => type)
    },
    async say(text) {
      await hub.handlers.message(connection.asConnection, text)
      await turn()
    },
  }
}

describe('hub over two nodes', () => {
  it('HUBEND-2 guests and nobody get no session', () => {
    const guest = { ok: true, identity: identityOf('guest', 'guest') } as const
    expect(nodes[0]!.session(guest)).toBeNull()
    expect(nodes[0]!.session({ ok: false, reason: 'invalid' })).toBeNull()
  })

  it('HUBEND-3 HUBEND-5 lists and announces the users of every node, each once', async () => {
    const ann = await connect(0, 'ann')
    const bob = await connect(1, 'bob')
    const second = await connect(1, 'ann')
    expect(ann.types()).toEqual(['welcome', 'connected_users', 'user_joined'])
    bob.types()
    expect((bob.frames[1]!['users'] as { userId: string }[]).map(({ userId }) => userId)).toEqual([
      'ann',
      'bob',
    ])
    ann.connection.drop()
    await turn()
    expect(bob.types()).not.toContain('user_left')
    second.connection.drop()
    await turn()
    expect(bob.types()).toEqual(['welcome', 'connected_users', 'user_left'])
  })

  it('HUBEND-6 counts connections over all nodes', async () => {
    const [first, second] = [await connect(0, 'ann'), await connect(1, 'ann')]
    const third = await connect(1, 'ann')
    expect([third.connection.closeCode, third.frames]).toEqual([4008, []])
    first.connection.drop()
    await turn()
    const fourth = await connect(1, 'ann')
    expect([second.connection.closeCode, fourth.connection.closeCode]).toEqual([null, null])
    expect(cores[0]!.presence.isOnline('ann')).toBe(true)
  })

  it('HUBEND-6 a connection that goes while it starts keeps no place', async () => {
    for (let index = 0; index < 3; index += 1) {
      const hub = nodes[0]!
      const connection = new FakeConnection<HubSession>({
        id: `early-${index}`,
        data: hub.session({ ok: true, identity: identityOf('ann') })!,
        onText: () => {},
        onClosed: (closed, code) => hub.handlers.close?.(closed.asConnection, code),
      })
      hub.handlers.open?.(connection.asConnection)
      connection.drop()
      await turn()
    }
    expect([nodes[0]!.size, cores[1]!.presence.online().totalOnline]).toEqual([0, 0])
    expect((await connect(0, 'ann')).types()).toEqual(['welcome', 'connected_users'])
  })

  it('HUBEND-7 HUBEND-13 what is said or announced on one node reaches every node once', async () => {
    const [ann, bob] = [await connect(0, 'ann'), await connect(1, 'bob')]
    await ann.say('hello')
    nodes[1]!.announce('soon')
    await turn()
    for (const client of [ann, bob]) {
      expect(client.types().filter((type) => type === 'chat_message' || type === 'announcement')).toEqual([
        'chat_message',
        'announcement',
      ])
    }
  })

  it('HUBEND-12 a session that ended on another node closes with 4002', async () => {
    const [ann, bob] = [await connect(0, 'ann'), await connect(0, 'bob')]
    cores[1]!.identities.end('ann', null)
    await turn()
    expect([ann.connection.closeCode, bob.connection.closeCode]).toEqual([4002, null])
  })

  it('HUBEND-12 a session that ends while its connection starts closes it, and keeps no place', async () => {
    const starting = connect(0, 'ann')
    cores[0]!.identities.end('ann', null)
    const ann = await starting
    expect([ann.connection.closeCode, ann.types()]).toEqual([4002, []])
    expect([nodes[0]!.size, cores[0]!.presence.isOnline('ann')]).toEqual([0, false])
  })

  it('HUBEND-6 a node that dies gives its places up', async () => {
    const [bob] = [await connect(1, 'bob'), await connect(0, 'ann')]
    cores[0]!.leases.stop()
    await clock.advance(31_000)
    expect(bob.types()).toContain('user_left')
    expect(cores[1]!.presence.isOnline('ann')).toBe(false)
    expect(cores[1]!.presence.isOnline('bob')).toBe(true)
  })
})
