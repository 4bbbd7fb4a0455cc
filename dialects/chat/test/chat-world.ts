import { MemoryBus, MemoryLeases } from '@parley/bus-memory'
import {
  type Authenticator,
  type Bus,
  type Core,
  type CoreEvent,
  createCore,
  type Identity,
  type Store,
  silentObserver,
} from '@parley/core'
import { directKey } from '@parley/model'
import {
  FakeClock,
  FakeConnection,
  type HistoryEvent,
  MemoryStore,
  plainAccount,
  type StoredMessage,
  turn,
} from '@parley/testkit'
import { ChatServer, type ChatSession } from '../index.ts'

/** Users of the world, by number. */
export const userId = (index: number): string => `00000000-0000-7000-8000-00000000000${index}`

const identityOf = (id: string): Identity => ({
  userId: id,
  username: `user-${id.at(-1)}`,
  avatar: null,
  email: '',
  role: 'user',
  sessionId: null,
  expiresAt: null,
})

/** What waits is read at once but answered later, as from a real store: much can happen in between. */
const slowReads = (store: Store): Store =>
  intercept(store, 'waiting', async (query) => {
    const page = await store.waiting(query)
    await turn()
    return page
  })

/** The same object but for one method. */
export const intercept = <T extends object, K extends keyof T>(target: T, method: K, replacement: T[K]): T =>
  new Proxy(target, {
    get(_target, name) {
      if (name === method) return replacement
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

/** Tokens are user ids. */
const authenticator: Authenticator = {
  byToken: async (token) =>
    token === null ? { ok: false, reason: 'missing' } : { ok: true, identity: identityOf(token) },
  byHeaders: async () => ({ ok: false, reason: 'missing' }),
  isValid: async () => true,
}

export interface WorldOptions {
  readonly users: number
  /** Plants a fault between core and store. */
  readonly spoilStore?: (store: Store) => Store
  /** Plants a fault between core and bus. */
  readonly spoilBus?: (bus: Bus) => Bus
}

interface Client {
  readonly connection: FakeConnection<ChatSession>
  /** Frames take effect in order, as on a real connection. */
  work: Promise<void>
}

/** The chat dialect on the real core, an in-memory store and connections that the test flushes by hand. */
export class ChatWorld {
  readonly clock: FakeClock
  readonly history: HistoryEvent[] = []
  /** How many messages each reader was told to have marked, by `reader sender`. */
  readonly marked = new Map<string, number>()
  readonly store: MemoryStore
  readonly core: Core
  readonly chat: ChatServer
  readonly #users: number
  readonly #clients = new Map<number, Client>()
  #connections = 0

  private constructor(clock: FakeClock, store: MemoryStore, core: Core, users: number) {
    this.clock = clock
    this.store = store
    this.core = core
    this.#users = users
    this.chat = new ChatServer({ core, maxBuffered: 1_048_576 })
  }

  static async create({ users, spoilStore, spoilBus }: WorldOptions): Promise<ChatWorld> {
    const store = new MemoryStore()
    for (let index = 0; index < users; index += 1) {
      store.addUser(plainAccount({ id: userId(index), username: `user-${index}` }))
    }
    const clock = new FakeClock()
    const bus = new MemoryBus({
      onError: (error) => {
        throw error
      },
    })
    const core = await createCore({
      nodeId: 'node-1',
      store: slowReads(spoilStore?.(store) ?? store),
      bus: spoilBus?.(bus) ?? bus,
      leases: new MemoryLeases(clock),
      authenticator,
      clock,
      observer: silentObserver,
      limits: 'off',
      presence: { interval: 250, listMax: 500 },
      roomGrace: 30_000,
    })
    const world = new ChatWorld(clock, store, core, users)
    await world.#tapReceipts()
    return world
  }

  connect(user: number): void {
    this.#connections += 1
    const id = `connection-${this.#connections}`
    const connection = new FakeConnection<ChatSession>({
      id,
      data: this.chat.session(userId(user)),
      onText: (text) => this.#onText(user, id, text),
      onClosed: (closed, code) => {
        if (this.#clients.get(user)?.connection === closed) this.#clients.delete(user)
        this.chat.handlers.close?.(closed.asConnection, code)
      },
    })
    this.#clients.set(user, { connection, work: Promise.resolve() })
    this.chat.handlers.open?.(connection.asConnection)
  }

  send(from: number, to: number, clientMessageId: string, content: string): void {
    const client = this.#clients.get(from)
    if (client === undefined) return
    this.history.push({
      type: 'invoke',
      sender: userId(from),
      receiver: userId(to),
      conversation: directKey(userId(from), userId(to)),
      clientMessageId,
      content,
    })
    this.#frame(client, {
      type: 'chat_message',
      data: { receiverId: userId(to), content, clientMessageId },
    })
  }

  read(reader: number, sender: number): void {
    const client = this.#clients.get(reader)
    if (client !== undefined) this.#frame(client, { type: 'mark_read', data: { senderId: userId(sender) } })
  }

  flush(user: number, count: number): void {
    this.#clients.get(user)?.connection.flush(count)
  }

  drop(user: number): void {
    this.#clients.get(user)?.connection.drop()
  }

  isConnected(user: number): boolean {
    return this.#clients.has(user)
  }

  /** Connects everybody and lets everything arrive. */
  async settle(): Promise<void> {
    for (let user = 0; user < this.#users; user += 1) if (!this.isConnected(user)) this.connect(user)
    for (let quiet = 0; quiet < 5; ) {
      await this.clock.advance(10)
      const busy = [...this.#clients.values()].filter(({ connection }) => connection.pending > 0)
      for (const { connection } of busy) connection.flush()
      quiet = busy.length === 0 ? quiet + 1 : 0
    }
  }

  /** What the store holds, over all pairs. */
  async stored(): Promise<StoredMessage[]> {
    const all: StoredMessage[] = []
    for (let a = 0; a < this.#users; a += 1) {
      for (let b = a + 1; b < this.#users; b += 1) all.push(...(await this.#pair(userId(a), userId(b))))
    }
    return all
  }

  async #pair(a: string, b: string): Promise<StoredMessage[]> {
    const all: StoredMessage[] = []
    let before: number | undefined
    do {
      const page = await this.store.directHistory({
        userId: a,
        peerId: b,
        limit: 100,
        ...(before === undefined ? {} : { before }),
      })
      for (const { message } of page.items) {
        all.push({
          messageId: message.id,
          conversation: directKey(a, b),
          sender: message.senderId,
          receiver: message.senderId === a ? b : a,
          clientMessageId: message.clientMessageId,
          content: message.content,
          seq: message.seq,
        })
      }
      before = page.next ?? undefined
    } while (before !== undefined)
    return all
  }

  #frame(client: Client, frame: object): void {
    client.work = client.work.then(() =>
      this.chat.handlers.message(client.connection.asConnection, JSON.stringify(frame)),
    )
  }

  #onText(user: number, connection: string, text: string): void {
    const { type, data } = JSON.parse(text) as { type: string; data: Record<string, string & number> }
    const me = userId(user)
    if (type === 'message_sent') {
      const { clientMessageId, messageId, seq } = data
      this.history.push({
        type: 'ack',
        sender: me,
        clientMessageId: clientMessageId!,
        messageId: messageId!,
        seq: seq!,
      })
    } else if (type === 'new_message') {
      this.history.push({
        type: 'received',
        reader: me,
        connection,
        conversation: directKey(me, data['senderId']!),
        messageId: data['messageId']!,
        sender: data['senderId']!,
        content: data['content']!,
        seq: data['seq']!,
      })
    } else if (type === 'mark_read_success') {
      const key = `${me} ${data['senderId']}`
      this.marked.set(key, (this.marked.get(key) ?? 0) + data['markedCount']!)
    }
  }

  /** Listens where a dialect would: what authors are told, message by message. */
  async #tapReceipts(): Promise<void> {
    for (let index = 0; index < this.#users; index += 1) {
      const author = userId(index)
      const deliver = (_topic: string, event: CoreEvent): void => {
        if (event.type !== 'receipt.advanced') return
        for (const messageId of event.messageIds) {
          this.history.push({
            type: 'receipt',
            author,
            reader: event.reader.id,
            status: event.status,
            messageId,
          })
        }
      }
      await this.core.hub.retain(`user:${author}`, { dialect: `tap-${index}`, deliver })
    }
  }
}
