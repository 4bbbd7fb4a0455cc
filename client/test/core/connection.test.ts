import { describe, expect, it } from 'vitest'
import { ParleyError } from '../../api/error.ts'
import { Connection } from '../../connection.ts'
import { Tokens } from '../../tokens.ts'
import { FakeEnvironment } from '../rooms/fake-environment.ts'
import { settle } from '../rooms/fake-socket.ts'
import { FakeRawSocket } from './fake-raw-socket.ts'
import { tokenOf } from './world/test-client.ts'

const ann = { id: 'ann', username: 'ann' }

interface Options {
  readonly token?: string
  readonly getToken?: () => Promise<string>
  readonly onToken?: () => Promise<void>
}

const world = ({ onToken = async () => undefined, ...options }: Options = { token: 'one' }) => {
  const environment = new FakeEnvironment()
  const socket = new FakeRawSocket()
  const tokens = new Tokens(options, environment)
  const connection = new Connection({ tokens, environment, socket, onToken })
  const states: string[] = []
  connection.status.subscribe(() => {
    const { state } = connection.status.get()
    if (states.at(-1) !== state) states.push(state)
  })
  return {
    ...{ environment, socket, connection, states },
    status: () => connection.status.get(),
    async open() {
      connection.connect()
      await settle()
      socket.open()
    },
    async pass(ms: number) {
      environment.pass(ms)
      await settle()
    },
  }
}

/** Answers with the tokens in turn, the last one from then on. */
const tokensInTurn = (...all: readonly string[]) => {
  let asked = 0
  return { asked: () => asked, getToken: async () => all[Math.min(asked++, all.length - 1)] as string }
}

describe('a connection', () => {
  it('is disconnected, connecting, connected, reconnecting, connected, disconnected', async () => {
    const { connection, socket, states, open, pass, status } = world()
    expect(status()).toMatchObject({ state: 'disconnected', error: null, retryAt: null })
    await open()
    socket.lose()
    await pass(1_000)
    socket.open()
    connection.disconnect()
    expect(states).toEqual(['connecting', 'connected', 'reconnecting', 'connected', 'disconnected'])
    expect([socket.tries, socket.connected, socket.doubled]).toEqual([['one', 'one'], false, 0])
  })

  it('says since when, and when it tries again', async () => {
    const { socket, environment, open, pass, status } = world()
    await open()
    await pass(5_000)
    expect(status()).toMatchObject({ state: 'connected', since: 1_000 })
    socket.lose()
    expect(status()).toMatchObject({ state: 'reconnecting', since: 6_000, retryAt: 6_500 })
    await pass(500)
    expect(status()).toMatchObject({ state: 'reconnecting', since: 6_000, retryAt: null })
    expect(environment.now()).toBe(6_500)
  })

  it('waits longer with every failure, and short again after a success', async () => {
    const { socket, connection, pass, status, environment } = world()
    connection.connect()
    const waits: number[] = []
    for (let failure = 0; failure < 7; failure += 1) {
      await settle()
      socket.refuse('websocket error')
      const wait = (status().retryAt ?? 0) - environment.now()
      waits.push(wait)
      await pass(wait)
    }
    // Half of the ceiling, as chance is 0.5 here.
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
    expect(status()).toMatchObject({ state: 'connecting', error: { code: 'OFFLINE', canRetry: true } })
    socket.open()
    expect(status().error).toBeNull()
    socket.lose()
    expect((status().retryAt ?? 0) - environment.now()).toBe(500)
  })

  it('comes back in the slot that the server named, once', async () => {
    const { socket, open, pass, status, environment } = world()
    await open()
    socket.tell('server:drain', { reconnectInMs: 7_000 })
    socket.lose()
    expect((status().retryAt ?? 0) - environment.now()).toBe(7_000)
    await pass(7_000)
    socket.refuse('websocket error')
    expect((status().retryAt ?? 0) - environment.now()).toBe(500)
  })

  it('tries at once when there is reason to, and never twice', async () => {
    const { connection, socket, open } = world()
    await open()
    connection.retryNow()
    expect(socket.tries).toHaveLength(1)
    socket.lose()
    connection.retryNow()
    connection.retryNow()
    connection.connect()
    await settle()
    expect([socket.tries.length, socket.doubled]).toEqual([2, 0])
  })

  it('can be ended at any moment, and stays ended', async () => {
    let go = (): void => undefined
    const { connection, socket, states, pass, status } = world({
      token: 'one',
      onToken: () => new Promise((resolve) => (go = resolve)),
    })
    connection.connect()
    await settle()
    connection.disconnect()
    go()
    await pass(60_000)
    expect(socket.tries).toEqual([])
    connection.connect()
    await settle()
    go()
    await settle()
    connection.disconnect()
    // What it began tells its end later.
    socket.refuse('websocket error')
    await pass(60_000)
    expect([socket.tries.length, socket.isConnecting, status().state]).toEqual([1, false, 'disconnected'])
    expect(states).toEqual(['connecting', 'disconnected', 'connecting', 'disconnected'])
  })

  it('does not come back by itself once it was ended while it waited', async () => {
    const { connection, socket, open, pass } = world()
    await open()
    socket.lose()
    connection.disconnect()
    await pass(120_000)
    expect(socket.tries).toHaveLength(1)
    await open()
    expect(connection.isConnected()).toBe(true)
  })
})

describe('the token of a connection', () => {
  it('is asked for before every try, and waited with until what was kept is there', async () => {
    const { getToken } = tokensInTurn('one')
    let restored = (): void => undefined
    const restoring = new Promise<void>((resolve) => (restored = resolve))
    const { connection, socket } = world({ getToken, onToken: () => restoring })
    connection.connect()
    await settle()
    expect(socket.tries).toEqual([])
    restored()
    await settle()
    expect(socket.tries).toEqual(['one'])
  })

  it('is asked for anew, at once and once, when it is refused', async () => {
    const { getToken, asked } = tokensInTurn('old', 'new', 'other')
    const { connection, socket, status } = world({ getToken })
    connection.connect()
    await settle()
    socket.refuse('Authentication error')
    await settle()
    expect(socket.tries).toEqual(['old', 'new'])
    socket.refuse('Unauthorized', 'TOKEN_INVALID')
    await settle()
    expect(status()).toMatchObject({ state: 'disconnected', error: { code: 'UNAUTHENTICATED' } })
    expect([socket.tries.length, asked()]).toEqual([2, 2])
    // Somebody signed in again.
    connection.connect()
    await settle()
    expect(socket.tries).toEqual(['old', 'new', 'other'])
  })

  it('ends the tries when it is refused and there is no other', async () => {
    const { connection, socket, status, pass } = world()
    connection.connect()
    await settle()
    socket.refuse('Unauthorized', 'TOKEN_INVALID')
    await pass(600_000)
    expect(status()).toMatchObject({
      state: 'disconnected',
      error: { code: 'UNAUTHENTICATED' },
      retryAt: null,
    })
    expect(socket.tries).toHaveLength(1)
  })

  it('ends the tries when its account is gone', async () => {
    const { getToken } = tokensInTurn('one')
    const { connection, socket, status } = world({ getToken })
    connection.connect()
    await settle()
    socket.refuse('User not found')
    expect(status()).toMatchObject({ state: 'disconnected', error: { code: 'UNAUTHENTICATED' } })
  })

  it('is tried again when the server cannot check it now', async () => {
    const { connection, socket, status } = world()
    connection.connect()
    await settle()
    socket.refuse('Unauthorized', 'UNAVAILABLE')
    expect(status()).toMatchObject({ state: 'connecting', error: { code: 'OFFLINE' } })
  })

  it('ends the tries when whoever gives them says so, and is asked again otherwise', async () => {
    const answers: (() => Promise<string>)[] = [
      () => Promise.reject(new Error('network')),
      () => Promise.reject(new ParleyError('OFFLINE', 'Away')),
      () => Promise.reject(new ParleyError('UNAUTHENTICATED', 'Signed out')),
    ]
    const getToken = () => (answers.shift() as () => Promise<string>)()
    const { connection, socket, status, pass } = world({ getToken })
    connection.connect()
    await pass(30_000)
    await pass(30_000)
    await pass(30_000)
    expect(status()).toMatchObject({ state: 'disconnected', error: { code: 'UNAUTHENTICATED' } })
    expect([answers, socket.tries]).toEqual([[], []])
  })

  it('is renewed on the same socket before it ends', async () => {
    const [first, second] = [tokenOf(ann, 1_000), tokenOf(ann, 9_000)]
    const { getToken } = tokensInTurn(first, second)
    const { socket, open, pass, environment } = world({ getToken })
    await open()
    await pass(1_000_000 - 60_000 - environment.now())
    expect(socket.requests.map(({ event, argument }) => [event, argument])).toEqual([
      ['auth:renew', { token: second }],
    ])
    socket.requests.shift()?.answer({ ok: true })
    await settle()
    await pass(7_000_000)
    expect([socket.requests.length, socket.tries.length]).toEqual([0, 1])
  })

  it('is renewed again when that failed, but not without end', async () => {
    const { getToken } = tokensInTurn(tokenOf(ann, 100))
    const { socket, open, pass } = world({ getToken })
    await open()
    await pass(39_000)
    for (let failure = 0; failure < 3; failure += 1) {
      expect(socket.requests).toHaveLength(1)
      socket.requests.shift()?.answer({ ok: false, error: { code: 'TOKEN_INVALID', message: 'No' } })
      await settle()
      await pass(5_000)
    }
    socket.lose()
    await pass(400)
    expect(socket.requests).toEqual([])
  })
})

describe('a request', () => {
  it('gets its answer, or the reason of the server', async () => {
    const { connection, socket, open } = world()
    await open()
    const answer = connection.request('message:delete', { messageId: 'm1' })
    socket.requests.shift()?.answer({ ok: true, messageId: 'm1', rev: 3 })
    expect(await answer).toMatchObject({ rev: 3 })
    for (const [code, canRetry] of [
      ['FORBIDDEN', false],
      ['RATE_LIMITED', true],
    ] as const) {
      const asking = connection.request('message:delete', { messageId: 'm1' })
      socket.requests.shift()?.answer({ ok: false, error: { code, message: 'No.', retryAfterMs: 7 } })
      await expect(asking).rejects.toMatchObject({ code, message: 'No.', canRetry, retryAfterMs: 7 })
    }
    const asking = connection.request('message:delete', { messageId: 'm1' })
    socket.requests.shift()?.answer(undefined)
    await expect(asking).rejects.toMatchObject({ code: 'SERVER_ERROR', canRetry: true })
  })

  it('is offline without a connection, when it breaks, and too late while there is one', async () => {
    const { connection, socket, open } = world()
    const ask = () => connection.request('message:delete', { messageId: 'm1' })
    await expect(ask()).rejects.toMatchObject({ code: 'OFFLINE', canRetry: true })
    await open()
    const late = ask()
    socket.requests.shift()?.fail()
    await expect(late).rejects.toMatchObject({ code: 'TIMEOUT', canRetry: true })
    const broken = ask()
    socket.lose()
    await expect(broken).rejects.toMatchObject({ code: 'OFFLINE' })
  })
})
