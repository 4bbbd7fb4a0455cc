import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import { type AuthAnswer, createCore, DEFAULT_LIMITS, silentObserver } from '@parley/core'
import { FakeClock, FakeConnection, MemoryStore, turn } from '@parley/testkit'
import { describe, expect, it } from 'vitest'
import { decode } from '../codec.ts'
import { SignalServer, type SignalSession, signalClientFrames } from '../index.ts'

const CANARY = 'canary value'
const missing: AuthAnswer = { ok: false, reason: 'missing' }

/** A server over memory, one guest, and everything that was logged. */
const world = async () => {
  const logged: string[] = []
  const note = (...parts: unknown[]): void => void logged.push(JSON.stringify(parts))
  const clock = new FakeClock()
  const core = await createCore({
    nodeId: 'node-1',
    store: new MemoryStore(),
    bus: new MemoryBus({ onError: (error) => expect.fail(String(error)) }),
    leases: new MemoryLeases(clock),
    authenticator: {
      byToken: async () => missing,
      byHeaders: async () => missing,
      isValid: async () => true,
    },
    clock,
    observer: { ...silentObserver, debug: note, audit: note, error: note },
    limits: DEFAULT_LIMITS,
    presence: { interval: 250, listMax: 500 },
    roomGrace: 30_000,
  })
  const server = new SignalServer({ core })
  const connect = (id: string, token: string | null = null) => {
    const frames: { type: string; payload: Record<string, unknown>; timestamp: number }[] = []
    const connection = new FakeConnection<SignalSession>({
      id,
      data: server.session(token),
      onText: (text) => void frames.push(JSON.parse(text)),
      onClosed: (closed, code) => server.handlers.close?.(closed.asConnection, code),
    })
    server.handlers.open?.(connection.asConnection)
    const send = async (frame: unknown) => {
      await server.handlers.message(connection.asConnection, JSON.stringify(frame))
      await turn()
      connection.flush()
      return frames.splice(0)
    }
    return { connection, send }
  }
  return { core, clock, logged, connect, server }
}

const valid: Record<keyof typeof signalClientFrames, object> = {
  'create-group': { groupName: 'g', username: 'ann' },
  'join-group': { groupId: 'g', username: 'ann', peerId: 'p' },
  'leave-group': { userId: 'u' },
  'call-request': { targetPeerId: 'p', fromPeerId: 'q', fromUsername: 'ann' },
  'call-response': { accepted: true, fromPeerId: 'p', toPeerId: 'q' },
  'update-peer-id': { peerId: 'p' },
  signal: { toPeerId: 'p', data: null },
  'call-ended': { toPeerId: 'p' },
  'call-user': { userId: 'u' },
}

describe('signal', () => {
  it('SIGNAL-11 what the document describes and what is accepted are the same', () => {
    for (const [type, payload] of Object.entries(valid)) {
      const schema = signalClientFrames[type as keyof typeof signalClientFrames]
      expect(decode(JSON.stringify({ type, payload, extra: 1 })).ok, type).toBe(true)
      expect(schema.safeParse(payload).success, type).toBe(true)
      for (const key of Object.keys(payload)) {
        for (const bad of [undefined, 7, '', 'x'.repeat(101)]) {
          const changed = { ...payload, [key]: bad }
          const decoded = decode(JSON.stringify({ type, payload: changed })).ok
          // The blob may be anything that is there; a call is ended by either of two ids.
          const isSpecial = key === 'data' || (type === 'call-ended' && bad === undefined)
          if (!isSpecial) expect(decoded, `${type}.${key}`).toBe(schema.safeParse(changed).success)
        }
      }
    }
  })

  it('SIGNAL-12 what is wrong with a frame is logged by path, never by value', async () => {
    const { connect, logged } = await world()
    const { send } = connect('one')
    const frames = await send({
      type: 'create-group',
      payload: { groupName: CANARY.repeat(20), username: CANARY },
    })
    expect(frames).toMatchObject([{ type: 'error', payload: { code: 'INVALID_MESSAGE' } }])
    await send({ type: CANARY, payload: { username: CANARY } })
    await send({ type: 'join-group', payload: { groupId: CANARY, username: 'ann' } })
    await send({ type: 'signal', payload: { toPeerId: CANARY, data: CANARY } })
    expect(logged.some((line) => line.includes('payload.groupName, payload.username'))).toBe(true)
    expect(logged.join('\n')).not.toContain('canary')
  })

  it('SIGNAL-6 a connection that goes while its identity is asked for leaves nothing behind', async () => {
    const { connect, core, server } = await world()
    const topics = core.hub.topics
    const { connection } = connect('one', 'some token')
    const guest = connect('two')
    connection.drop()
    guest.connection.drop()
    await turn()
    expect([core.hub.topics, server.size, await core.leases.leases.count('presence')]).toEqual([topics, 0, 0])
  })

  it('GROUP-6 a connection whose place was lost is closed with 1013', async () => {
    const { connect, core, clock } = await world()
    const { connection, send } = connect('one')
    expect(await send({ type: 'create-group', payload: valid['create-group'] })).toMatchObject([
      { type: 'group-created', timestamp: clock.now() },
    ])
    core.leases.stop()
    await clock.advance(31_000)
    expect(connection.closeCode).toBe(1013)
  })
})
