import { Manager } from 'socket.io-client'
import type { Calls } from './api/call.ts'
import type { Conversation } from './api/conversation.ts'
import { ParleyError } from './api/error.ts'
import type { Me, Parley, ParleyOptions } from './api/parley.ts'
import type { Room } from './api/room.ts'
import type { UserStorage } from './api/storage.ts'
import { Attention } from './attention.ts'
import { createCalls } from './calls/calls.ts'
import { Connection, type RawSocket } from './connection.ts'
import { Conversations } from './conversations.ts'
import { type Environment, realEnvironment } from './environment.ts'
import { closed } from './errors.ts'
import { Events } from './events.ts'
import type { Http } from './http.ts'
import type { Keeper } from './keeper.ts'
import { lazy } from './lazy.ts'
import { LazyRoom } from './lazy-room.ts'
import { listen } from './listen.ts'
import { Presences } from './presences.ts'
import { ReceiptSender } from './receipt-sender.ts'
import type { WhisperRooms } from './rooms/whisper-rooms.ts'
import { claimsOf, Tokens } from './tokens.ts'
import { Value } from './value.ts'

/** What a test puts in the place of the world. */
export interface World {
  readonly environment: Environment
  readonly openSocket: (url: string) => RawSocket
  readonly http?: Http
}

/** Most rooms that are known here at once. */
const MAX_ROOMS = 200

const realWorld: World = {
  environment: realEnvironment,
  openSocket: (url) =>
    new Manager(url, {
      path: `${new URL(url).pathname.replace(/\/$/, '')}/socket.io`,
      autoConnect: false,
      // It comes back when `Connection` says so.
      reconnection: false,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      withCredentials: true,
      timeout: 10_000,
    }).socket('/') as unknown as RawSocket,
}

/**
 * A client of the server at `options.url`, as one user. It connects at once (unless `autoConnect` is false), comes back by
 * itself, and has at most one socket until `close`. Throws when there is neither a token nor a way to get one.
 */
export const createParley = (options: ParleyOptions, world: World = realWorld): Parley => {
  if (options.token === undefined && options.getToken === undefined)
    throw new ParleyError('UNAUTHENTICATED', 'createParley needs token or getToken.')
  return new ParleyClient(options, world)
}

class ParleyClient implements Parley {
  readonly url: string
  readonly me: Value<Me | null>
  readonly rest: Parley['rest']
  readonly calls: Calls
  readonly #connection: Connection
  readonly #conversations: Conversations
  readonly #presences: Presences
  readonly #rooms = new Map<string, LazyRoom>()
  readonly #openRooms: () => Promise<WhisperRooms>
  #whisper: Promise<WhisperRooms> | null = null
  readonly #receipts: ReceiptSender
  readonly #storage: Promise<UserStorage | null>
  #keeper: Keeper | null = null
  readonly #events = new Events()
  readonly #attention: Attention
  readonly #restored: Promise<void>
  readonly #ends: readonly (() => void)[]
  #isClosed = false

  constructor(options: ParleyOptions, { environment, openSocket, http }: World) {
    this.url = options.url.replace(/\/+$/, '')
    const known =
      options.user ?? (options.token === undefined ? null : (claimsOf(options.token)?.user ?? null))
    this.me = new Value<Me | null>(known)
    const tokens = new Tokens(options, environment)
    const getToken = (isFresh: boolean) => {
      if (isFresh) tokens.refuse(tokens.current)
      return tokens.get()
    }
    const openRest = async () =>
      (await import('./rest-side.ts')).openRestSide({ url: this.url, getToken }, environment, http)
    this.rest = lazy(async () => (await openRest()).rest)
    this.#attention = new Attention(() => this.#onAttention())
    this.#storage = this.#openStorage(options)
    this.#connection = new Connection({
      tokens,
      environment,
      socket: openSocket(this.url),
      // What was kept is shown first: what comes then is put over it.
      onToken: async (token) => {
        if (this.me.get() === null) this.me.set(claimsOf(token)?.user ?? null)
        if (this.me.get() !== null) await this.#restored
      },
    })
    const socket = this.#connection
    this.#receipts = new ReceiptSender({
      socket,
      environment,
      isVisible: () => this.#attention.isVisible,
    })
    const me = () => this.me.get()
    this.#conversations = new Conversations({
      me,
      socket,
      environment,
      history: lazy(async () => (await openRest()).history),
      receipts: this.#receipts,
      storage: this.#storage,
      keeper: () => this.#keeper,
      emit: this.#events.emit,
    })
    this.#presences = new Presences(socket, environment)
    this.#openRooms = async () =>
      new (await import('./rooms/whisper-rooms.ts')).WhisperRooms({
        socket,
        rest: this.rest,
        me,
        environment,
      })
    this.calls = createCalls({ url: this.url, getToken, username: () => me()?.username ?? '' })
    this.#restored = this.#restore(environment).catch(() => undefined)
    this.#ends = [
      listen(globalThis, ['online'], () => this.#connection.retryNow()),
      listen(globalThis, ['pagehide'], () => this.#keeper?.flush()),
    ]
    if (options.autoConnect !== false) this.connect()
  }

  get connection(): Parley['connection'] {
    return this.#connection.status
  }

  get waiting(): Parley['waiting'] {
    return this.#conversations.outbox.waiting
  }

  get conversations(): Parley['conversations'] {
    return this.#conversations.list
  }

  get unread(): Parley['unread'] {
    return this.#conversations.unread
  }

  conversation(id: string): Conversation {
    return this.#conversations.get(id)
  }

  async openDirect(userId: string): Promise<Conversation> {
    const isDirect = ({ peer }: { readonly peer: { readonly id: string } | null }) =>
      peer?.id === userId.toLowerCase()
    const known = this.#conversations.list.get().items.find(isDirect)
    if (known !== undefined) return this.#conversations.get(known.id)
    return this.#conversations.adopt(await this.rest.channels.openDirect(userId))
  }

  async joinChannel(channelId: string): Promise<Conversation> {
    return this.#conversations.adopt(await this.rest.channels.join(channelId))
  }

  presence(userId: string): ReturnType<Parley['presence']> {
    return this.#presences.of(userId)
  }

  room(code: string): Room {
    const key = code.trim().toUpperCase()
    const known = this.#rooms.get(key)
    if (known !== undefined) return known
    if (this.#rooms.size >= MAX_ROOMS) this.#forgetRoom()
    const room = new LazyRoom(key, async () => {
      this.#whisper ??= this.#openRooms()
      return (await this.#whisper).room(key)
    })
    this.#rooms.set(key, room)
    return room
  }

  on: Parley['on'] = (event, listener) => this.#events.on(event, listener)

  setVisible(isVisible: boolean): void {
    this.#attention.set(isVisible)
  }

  connect(): void {
    if (this.#isClosed) throw closed()
    this.#connection.connect()
  }

  disconnect(): void {
    this.#connection.disconnect()
  }

  async close({ forget = false }: { readonly forget?: boolean } = {}): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const end of this.#ends) end()
    this.#attention.close()
    this.#conversations.close()
    this.#presences.close()
    void this.#whisper?.then((rooms) => rooms.close())
    this.calls.close()
    this.#receipts.close()
    this.#connection.disconnect()
    // Nobody is known any more: a storage that was never opened need not be waited for.
    if (this.me.get() === null) return
    await this.#restored
    await this.#keeper?.close(forget)
  }

  /** One that nobody is in. */
  #forgetRoom(): void {
    for (const [key, { view }] of this.#rooms) {
      if (view.get().state === 'outside') {
        this.#rooms.delete(key)
        return
      }
    }
  }

  #onAttention(): void {
    if (!this.#attention.isVisible) return
    this.#connection.retryNow()
    this.#conversations.attend()
  }

  async #openStorage({ storage }: ParleyOptions): Promise<UserStorage | null> {
    if (this.me.get() === null) await new Promise<void>((resolve) => this.me.subscribe(resolve))
    const { id: userId } = this.me.get() as Me
    try {
      return await ((storage ?? (await defaultStorage()))?.open({ url: this.url, userId }) ?? null)
    } catch {
      return null
    }
  }

  /** Waits until it is known whose messages those are. */
  async #restore(environment: Environment): Promise<void> {
    const storage = await this.#storage
    const records = await storage?.outbox.all().catch(() => null)
    try {
      if (storage === null) return
      const keeper = new (await import('./keeper.ts')).Keeper(storage, environment)
      this.#conversations.restore(await keeper.load())
      this.#keeper = keeper
    } finally {
      const { outbox, all } = this.#conversations
      outbox.restore(records ?? [])
      // What was acknowledged in the last moment is among both.
      for (const { timeline } of all) for (const message of timeline.items) outbox.seen(message)
    }
  }
}

/** Null: there is nothing to keep anything in but this client's own memory. */
const defaultStorage = async () =>
  (globalThis as { indexedDB?: unknown }).indexedDB === undefined
    ? null
    : (await import('./storage/indexed-db.ts')).indexedDbStorage()
