import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import { type Bus, createCore, DEFAULT_LIMITS, type Observer, type Store, systemClock } from '@parley/core'
import { ChannelsDialect } from '@parley/dialect-channels'
import { WhisperDialect } from '@parley/dialect-whisper'
import { MemoryStore, plainAccount, userIdAuthenticator } from '@parley/testkit'
import { serveSocketIo } from '@parley/testkit/serve-socket-io'
import { SocketClient } from '@parley/testkit/socket-client'
import { afterEach, describe, expect, it } from 'vitest'
import { Canaries } from './evidence.ts'
import { openVoices, sendBroken, whisper } from './whisper-paths.ts'

/** The ports of the core, listened to: what of a whisper reaches which of them. */

type Heard = [port: string, name: string, text: string]

const heard: Heard[] = []
let stop = async (): Promise<void> => {}
afterEach(() => stop())

/** Every call of a method, on the object and on what it holds, with what it was called with. */
const listenedTo = <T extends object>(port: string, target: T): T =>
  new Proxy(target, {
    get: (of, name) => {
      const value: unknown = Reflect.get(of, name, of)
      if (typeof value === 'object' && value !== null) return listenedTo(port, value)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        heard.push([port, String(name), textOf(args)])
        return Reflect.apply(value, of, args)
      }
    },
  })

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Error ? `${part.stack} ${String(part.cause)} ${JSON.stringify({ ...part })}` : part,
  )

const silent: Observer = { debug() {}, error() {}, audit() {}, count() {}, observe() {} }
const PEOPLE = ['ann', 'bob'].map((username) => plainAccount({ id: username, username }))

/** Tokens are user ids. */

const start = async (): Promise<string> => {
  const memory = new MemoryStore()
  for (const user of PEOPLE) memory.addUser(user)
  const core = await createCore({
    nodeId: 'node',
    store: listenedTo<Store>('store', memory),
    bus: listenedTo<Bus>(
      'bus',
      new MemoryBus({ onError: (error) => heard.push(['bus', 'error', textOf(error)]) }),
    ),
    leases: listenedTo('leases', new MemoryLeases(systemClock)),
    authenticator: userIdAuthenticator(memory.directory, 'nobody'),
    clock: systemClock,
    observer: listenedTo('observer', silent),
    limits: { ...DEFAULT_LIMITS, whisper: { points: 200, windowMs: 60_000 } },
    presence: { interval: 250, listMax: 500 },
    roomGrace: 50,
  })
  const served = await serveSocketIo(core, (rooms) => [
    new ChannelsDialect({ core, rooms }),
    new WhisperDialect({ core, rooms }),
  ])
  const owner = PEOPLE[0]!
  await core.rooms.create(owner, { name: 'locked', pin: '4711' })
  stop = served.stop
  return served.url
}

describe('the ports of the core', () => {
  it('CANARY-3 content travels on the bus alone, as `room.whispered` on the topic of its room; no store, lease, log or metric has it', async () => {
    const url = await start()
    const created = heard.find(([port, , text]) => port === 'store' && text.includes('create-room'))
    const locked = /"code":"(\w{8})"/.exec(created?.[2] ?? '')?.[1] ?? ''
    expect(locked).toHaveLength(8)
    const canaries = new Canaries('canarybirdsong')
    const listener = await SocketClient.connect(url, { token: 'ann' })
    await listener.ask('join_room', 'open')
    const said: string[] = []
    const places = { open: 'OPEN', locked, gone: locked }
    const voices = await openVoices(url, { id: 'bob', token: 'bob' })
    for (const voice of voices) {
      const { said: words, wrong } = await whisper(voice, places, canaries)
      // The room that is gone is the locked one here: its answer is another.
      expect(wrong.filter((line) => !line.includes('a room that is gone'))).toEqual([])
      said.push(...words)
    }
    await sendBroken(url, { id: 'bob', token: 'bob' }, canaries)
    const all = (): string => JSON.stringify(listener.of('new_message'))
    await expect.poll(() => said.filter((word) => !all().includes(word)).length).toBe(0)
    for (const { close } of voices) close()
    listener.close()

    const holding = heard.filter(([port, , text]) => canaries.foundIn([[port, Buffer.from(text)]]).length > 0)
    const whispers = holding.filter(
      ([port, name, text]) =>
        port === 'bus' &&
        name === 'publish' &&
        text.startsWith('["room:OPEN",{"event":{"type":"room.whispered"'),
    )
    expect(holding.filter((one) => !whispers.includes(one))).toEqual([])
    expect(whispers.length).toBeGreaterThanOrEqual(said.length)
    // All of them were listened to.
    const ports = new Set(heard.map(([port, name]) => `${port}.${name}`))
    for (const port of ['store.commit', 'leases.take', 'observer.debug', 'observer.count', 'observer.audit'])
      expect(ports).toContain(port)
  }, 60_000)
})
