import type { Bus, CoreEvent, Envelope, Lease, LeaseChange, LeaseRequest, Leases, Topic } from '@parley/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { turn } from './fake-clock.ts'

const ended = (userId: string): CoreEvent => ({ type: 'identity.ended', userId, sessionId: null })
const envelope = (userId: string): Envelope => ({ event: ended(userId), except: null })
const userOf = ({ event }: Envelope): string => (event.type === 'identity.ended' ? event.userId : event.type)

export interface BusHarness {
  readonly bus: Bus
  /** The bus of another node over the same service; of one process, the same. */
  readonly other: Bus
  /** What the bus reported of listeners that threw. */
  readonly errors: readonly unknown[]
  close(): Promise<void>
}

/** What every bus guarantees (core/ports/bus.ts). */
export const describeBusContract = (name: string, harness: () => Promise<BusHarness>): void => {
  describe(`bus: ${name}`, () => {
    let under: BusHarness
    beforeEach(async () => {
      under = await harness()
    })
    afterEach(() => under.close())

    const collect = async (topic: Topic): Promise<string[]> => {
      const seen: string[] = []
      await under.bus.subscribe(topic, (_topic, what) => seen.push(userOf(what)))
      return seen
    }

    it('BUS-1 hands events on in the order of publication, after the publisher’s turn', async () => {
      const seen = await collect('user:a')
      for (let index = 0; index < 100; index += 1) under.bus.publish('user:a', envelope(`${index}`))
      expect(seen).toEqual([])
      await turn()
      expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => `${index}`))
    })

    it('BUS-1 reaches subscribers of the topic only, and no more after they left', async () => {
      const a = await collect('user:a')
      const b: string[] = []
      const listener = (_topic: Topic, what: Envelope): void => void b.push(userOf(what))
      await under.bus.subscribe('user:b', listener)
      under.bus.publish('user:b', envelope('1'))
      await turn()
      under.bus.unsubscribe('user:b', listener)
      under.bus.publish('user:b', envelope('2'))
      await turn()
      expect([a, b]).toEqual([[], ['1']])
    })

    it('BUS-1 keeps the order when a listener publishes', async () => {
      const seen: string[] = []
      await under.bus.subscribe('user:a', (_topic, what) => {
        seen.push(userOf(what))
        if (userOf(what) === '1') under.bus.publish('user:a', envelope('3'))
      })
      under.bus.publish('user:a', envelope('1'))
      under.bus.publish('user:a', envelope('2'))
      await turn()
      expect(seen).toEqual(['1', '2', '3'])
    })

    it('BUS-2 a listener that throws harms nobody else, and is reported', async () => {
      await under.bus.subscribe('user:a', () => {
        throw new Error('planted')
      })
      const seen = await collect('user:a')
      under.bus.publish('user:a', envelope('1'))
      under.bus.publish('user:a', envelope('2'))
      await turn()
      expect(seen).toEqual(['1', '2'])
      expect(under.errors).toHaveLength(2)
    })

    it('BUS-3 what one node publishes reaches the subscribers of another, in order and once, and its own once', async () => {
      const own = await collect('user:a')
      const others: string[] = []
      await under.other.subscribe('user:a', (_topic, what) => others.push(userOf(what)))
      await under.other.subscribe('user:b', (_topic, what) => others.push(`b ${userOf(what)}`))
      const all = Array.from({ length: 1_000 }, (_, index) => `${index}`)
      for (const id of all) under.bus.publish('user:a', envelope(id))
      under.bus.publish('user:c', envelope('nobody'))
      await expect.poll(() => others.length).toBe(1_000)
      under.bus.publish('user:b', envelope('end'))
      await expect.poll(() => others.length).toBe(1_001)
      expect(others).toEqual([...all, 'b end'])
      expect(own).toEqual(all)
    })

    it('BUS-3 carries an envelope as it is, to who subscribed before the publication and has not left', async () => {
      const sent: Envelope = {
        event: {
          type: 'room.whispered',
          code: 'AB 12',
          id: 'id',
          sender: { id: 'ann', username: 'Änn', avatar: null },
          content: '"quoted" \u0000 👩‍🚀 \u2028',
          createdAt: 1,
        },
        except: 'connection',
      }
      const seen: Envelope[] = []
      const gone: Envelope[] = []
      const leaver = (_topic: Topic, what: Envelope): void => void gone.push(what)
      await under.other.subscribe('room:AB 12', leaver)
      under.other.unsubscribe('room:AB 12', leaver)
      await under.other.subscribe('room:AB 12', (_topic, what) => seen.push(what))
      under.bus.publish('room:AB 12', sent)
      await expect.poll(() => seen).toEqual([sent])
      expect(gone).toEqual([])
    })
  })
}

export interface LeasesHarness {
  readonly leases: Leases
  /** The leases of another node over the same service; of one process, the same. */
  readonly other: Leases
  readonly clock: { advance(ms: number): Promise<void> }
  close(): Promise<void>
}

/** What every lease table guarantees (core/ports/leases.ts). */
export const describeLeasesContract = (name: string, harness: () => Promise<LeasesHarness>): void => {
  describe(`leases: ${name}`, () => {
    let under: LeasesHarness
    beforeEach(async () => {
      under = await harness()
    })
    afterEach(() => under.close())

    const request = (holder: string, more: Partial<LeaseRequest> = {}): LeaseRequest => ({
      kind: 'presence',
      key: 'key',
      holder,
      nodeId: 'node-1',
      value: { name: holder },
      capacity: 0,
      whenFull: 'refuse',
      ttl: 30_000,
      ...more,
    })
    const take = async (holder: string, more: Partial<LeaseRequest> = {}): Promise<Lease> => {
      const answer = await under.leases.take(request(holder, more))
      if (answer.kind === 'full') throw new Error('full')
      return answer.lease
    }
    const watch = (): string[] => {
      const seen: string[] = []
      under.leases.watch('presence', ({ type, lease }: LeaseChange) => seen.push(`${type} ${lease.holder}`))
      return seen
    }

    it('LEASE-1 refuses the newcomer at capacity', async () => {
      await take('a', { capacity: 2 })
      await take('b', { capacity: 2 })
      expect(await under.leases.take(request('c', { capacity: 2 }))).toEqual({ kind: 'full' })
      expect((await under.leases.holders('presence', 'key')).map(({ holder }) => holder)).toEqual(['a', 'b'])
    })

    it('LEASE-1 evicts the oldest when asked to, and tells', async () => {
      const seen = watch()
      const a = await take('a', { capacity: 1, whenFull: 'evict' })
      const answer = await under.leases.take(request('b', { capacity: 1, whenFull: 'evict' }))
      expect(answer).toMatchObject({ kind: 'taken', first: false, evicted: [a] })
      expect(seen).toEqual(['first a', 'lost a'])
    })

    it('LEASE-1 taking again in the same name takes no second place', async () => {
      await take('a', { capacity: 1 })
      const again = await take('a', { capacity: 1 })
      expect(await under.leases.holders('presence', 'key')).toEqual([again])
    })

    it('LEASE-2 ends what is not renewed, and keeps what is', async () => {
      const seen = watch()
      await take('a')
      await take('b', { key: 'other', nodeId: 'node-2' })
      await under.clock.advance(20_000)
      await under.leases.renew('node-2')
      await under.clock.advance(11_000)
      expect(await under.leases.holders('presence', 'key')).toEqual([])
      expect(await under.leases.holders('presence', 'other')).toHaveLength(1)
      expect(seen).toEqual(['first a', 'first b', 'lost a', 'last a'])
    })

    it('LEASE-3 a release with an old token changes nothing', async () => {
      const old = await take('a')
      const current = await take('a')
      expect(current.token).toBeGreaterThan(old.token)
      expect(await under.leases.release(old)).toEqual({ last: false })
      expect(await under.leases.holders('presence', 'key')).toEqual([current])
      expect(await under.leases.release(current)).toEqual({ last: true })
      expect(await under.leases.release(current)).toEqual({ last: false })
    })

    it('LEASE-4 tells of the first and the last holder of a key once each', async () => {
      const seen = watch()
      const a = await take('a')
      const b = await take('b')
      await under.leases.release(a)
      await under.leases.release(b)
      expect(seen).toEqual(['first a', 'last b'])
      expect(await under.leases.count('presence')).toBe(0)
    })

    it('LEASE-4 lists one lease of each key, paged by key', async () => {
      for (const key of ['c', 'a', 'b']) await take('x', { key })
      await take('y', { key: 'a' })
      const first = await under.leases.list('presence', { limit: 2 })
      expect(first.map(({ key, holder }) => `${key} ${holder}`)).toEqual(['a x', 'b x'])
      const rest = await under.leases.list('presence', { after: 'b', limit: 2 })
      expect(rest.map(({ key }) => key)).toEqual(['c'])
      expect(await under.leases.count('presence')).toBe(3)
    })

    it('LEASE-1 holds over nodes: of many who come at once to several, as many get in as there are places', async () => {
      const nodes = [under.leases, under.other]
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          nodes[index % 2]!.take(request(`h${index}`, { capacity: 5, nodeId: `node-${index % 2}` })),
        ),
      )
      const taken = answers.flatMap((answer) => (answer.kind === 'taken' ? [answer] : []))
      expect(taken).toHaveLength(5)
      expect(taken.filter(({ first }) => first)).toHaveLength(1)
      expect(new Set(taken.map(({ lease }) => lease.token)).size).toBe(5)
      const held = await under.other.holders('presence', 'key')
      const byToken = taken.map(({ lease }) => lease).sort((a, b) => a.token - b.token)
      expect(held).toEqual(byToken)
    })

    it('LEASE-3 a later lease has a higher token, whatever node gave it', async () => {
      const tokens: number[] = []
      for (let index = 0; index < 10; index += 1) {
        const node = index % 2 === 0 ? under.leases : under.other
        const answer = await node.take(request('a', { nodeId: `node-${index % 2}` }))
        if (answer.kind === 'taken') tokens.push(answer.lease.token)
      }
      expect(tokens).toHaveLength(10)
      expect([...tokens].sort((a, b) => a - b)).toEqual(tokens)
      expect(new Set(tokens).size).toBe(10)
    })

    it('LEASE-4 watchers of every node hear the same changes of a key in the same order', async () => {
      const here = watch()
      const there: string[] = []
      under.other.watch('presence', ({ type, lease }) => there.push(`${type} ${lease.holder}`))
      const more = { capacity: 1, whenFull: 'evict' } as const
      await take('a', more)
      const b = await under.other.take(request('b', { ...more, nodeId: 'node-2' }))
      if (b.kind === 'taken') await under.leases.release(b.lease)
      await take('c', more)
      const expected = ['first a', 'lost a', 'last b', 'first c']
      await expect.poll(() => there).toEqual(expected)
      await expect.poll(() => here).toEqual(expected)
    })

    it('LEASE-5 of several who end the same lease on several nodes, one alone is told that it was the last', async () => {
      const seen = watch()
      const lease = await take('a')
      const nodes = [under.leases, under.other, under.leases, under.other]
      const answers = await Promise.all(nodes.map((node) => node.release(lease)))
      expect(answers.filter(({ last }) => last)).toHaveLength(1)
      await expect.poll(() => seen).toEqual(['first a', 'last a'])
    })

    it('LEASE-5 what another node ended stays ended when its own renews', async () => {
      const lease = await take('a')
      await under.other.release(lease)
      await under.leases.renew('node-1')
      await under.leases.renew('node-1')
      expect(await under.other.holders('presence', 'key')).toEqual([])
    })
  })
}
