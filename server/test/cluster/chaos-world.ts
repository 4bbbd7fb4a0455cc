import { setTimeout as sleep } from 'node:timers/promises'
import type { HistoryEvent, RawClient, RawFrame, StoredMessage } from '@parley/testkit'
import type { SocketClient } from '@parley/testkit/socket-client'
import type { TestNode, TestUser } from '../harness/test-node.ts'
import { type ChannelItem, directOf, readStored } from './stored-history.ts'

/** How long an answer may take before the same is sent again, over any way (ms); each time twice as long, up to the second. */
const RETRY_AFTER = 2_000
const LONGEST_RETRY = 8_000
/** Nobody writes anything new while so many of their sends have no answer: an overload would feed itself. */
const MAX_OPEN = 20
/** How long one request may take (ms). */
const PATIENCE = 4_000
/** Refusals that say: nothing is known, try again. */
const RETRYABLE = new Set(['UNAVAILABLE', 'SERVER_ERROR', 'CONFLICT'])

/** A server, or what stands before several. */
export interface Place {
  readonly isUp: boolean
  /** As it runs now. */
  readonly at: TestNode
}

interface Send {
  readonly from: Person
  /** Null: to the channel. */
  readonly to: Person | null
  readonly clientMessageId: string
  readonly content: string
  triedAt: number
  tries: number
}

interface Person {
  readonly user: TestUser
  chat: RawClient | null
  channels: SocketClient | null
  /** Up to where everything of the channel is known. */
  rev: number
  readonly revs: Set<number>
  isAway: boolean
}

export interface Figures {
  readonly sent: number
  readonly acknowledged: number
  readonly retried: number
  /** Refused for now, to be tried again. */
  readonly refused: number
  readonly connections: number
  /** Came again over another connection, as its receipt had been lost. */
  readonly cameAgain: number
}

/** People who write over chat, channels and REST to whichever node is there, come back to any other, and note all. */
export class ChaosWorld {
  readonly history: HistoryEvent[] = []
  /** What must not happen at any time: an unknown refusal, a session that is not taken. */
  readonly surprises: string[] = []
  /** How long each connection was told to stay away, by a server that went (ms). */
  readonly toldToWait: number[] = []
  readonly #nodes: readonly Place[]
  readonly #entrances: readonly Place[]
  readonly #random: () => number
  readonly #people: Person[] = []
  readonly #open = new Map<string, Send>()
  readonly #acked = new Set<string>()
  readonly #arrived = new Set<string>()
  /** Acknowledged, and not yet at this reader. */
  readonly #owed = new Set<string>()
  readonly #loops: Promise<void>[] = []
  #channelId = ''
  #isWriting = false
  #isOver = false
  readonly #figures = { sent: 0, acknowledged: 0, retried: 0, refused: 0, connections: 0, cameAgain: 0 }

  /** People come by the entrances, and what every node shows is compared. */
  constructor(options: {
    readonly nodes: readonly Place[]
    readonly entrances?: readonly Place[]
    readonly random: () => number
  }) {
    this.#nodes = options.nodes
    this.#entrances = options.entrances ?? options.nodes
    this.#random = options.random
  }

  get figures(): Figures {
    return this.#figures
  }

  /** Everybody registers, enters the channel, connects, and begins to write: each so many ms on average. */
  async begin(people: number, pause: number): Promise<void> {
    const node = this.#node()
    for (let index = 0; index < people; index += 1) {
      const user = await node.register(`chaos${index}`)
      this.#people.push({ user, chat: null, channels: null, rev: 0, revs: new Set(), isAway: false })
    }
    const { user } = this.#people[0]!
    const { body } = await node.call(user, 'POST', '/api/channels', { name: 'team' })
    this.#channelId = (body['channel'] as { id: string }).id
    const userIds = this.#people.slice(1).map((person) => person.user.id)
    await node.call(user, 'POST', `/api/channels/${this.#channelId}/members`, { userIds })
    this.#isWriting = true
    for (const person of this.#people) {
      this.#loops.push(
        this.#keep(person, () => this.#openChat(person)),
        this.#keep(person, () => this.#openChannels(person)),
        this.#write(person, pause),
      )
    }
    this.#loops.push(this.#retry())
  }

  /** Nobody writes anything new any more; resolves when every send has its answer, or after so many ms. */
  async quiet(ms: number): Promise<void> {
    this.#isWriting = false
    await this.#until(() => this.#open.size === 0, ms)
    for (const { clientMessageId } of this.#open.values())
      this.surprises.push(`${clientMessageId} has no answer`)
  }

  /** How long it takes until everybody has what is acknowledged by now (ms); `limit` when it takes longer. */
  async converged(limit: number): Promise<number> {
    const owed = [...this.#owed]
    const began = performance.now()
    const late = (): string[] => owed.filter((id) => this.#owed.has(id))
    await this.#until(() => late().length === 0, limit)
    for (const { user, chat, channels } of this.#people) {
      const missed = late().filter((id) => id.startsWith(user.id))
      if (missed.length === 0 || this.#isOver) continue
      const open = `chat ${chat === null ? 'closed' : 'open'}, channels ${channels === null ? 'closed' : 'open'}`
      this.surprises.push(`${user.username} (${open}) lacks ${missed.length} after ${limit} ms: ${missed[0]}`)
    }
    return Math.round(performance.now() - began)
  }

  /** How long it takes until a message is acknowledged by every node (ms). */
  async storing(limit: number): Promise<number> {
    const began = performance.now()
    await Promise.all(
      this.#nodes.map(async (node) => {
        const send = this.#newSend(this.#people[0]!, null)
        const isAcked = () => this.#acked.has(keyOf(send))
        while (!this.#isOver && !isAcked() && performance.now() - began < limit) {
          await this.#byRest(send, node.at)
          if (!isAcked()) await sleep(50)
        }
      }),
    )
    return Math.round(performance.now() - began)
  }

  /** Everybody closes their connections, and comes back to whichever node. */
  scatter(): void {
    for (const { chat, channels } of this.#people) {
      chat?.socket.close()
      channels?.close()
    }
  }

  /** Half of the people leave in order; who is live then. */
  leave(): readonly string[] {
    const half = Math.floor(this.#people.length / 2)
    for (const person of this.#people.slice(0, half)) {
      person.isAway = true
      person.chat?.socket.close()
      person.channels?.close()
    }
    return this.#people.slice(half).map(({ user }) => user.id)
  }

  /** Who is online, as each node says. */
  presence(): Promise<{ observer: string; online: string[] }[]> {
    return Promise.all(
      this.#nodes.map(async ({ at }, index) => {
        const online = []
        for (const { user } of this.#people) {
          const { body } = await at.call(user, 'GET', `/api/users/${user.id}`)
          if ((body['user'] as { isOnline?: boolean } | undefined)?.isOnline === true) online.push(user.id)
        }
        return { observer: `node ${index + 1}`, online }
      }),
    )
  }

  /** Open connections; each person should have two. */
  get connected(): number {
    return this.#people.reduce(
      (sum, { chat, channels }) => sum + Number(chat !== null) + Number(channels !== null),
      0,
    )
  }

  readers(): string[] {
    return this.#people.map(({ user }) => user.id)
  }

  members(): ReadonlyMap<string, readonly string[]> {
    return new Map([[this.#channelId, this.readers()]])
  }

  /** What is stored, as every node shows it. */
  async stored(): Promise<StoredMessage[]> {
    const users = this.#people.map(({ user }) => user)
    const [first, ...others] = await Promise.all(
      this.#nodes.map(({ at }) => readStored(at, users, this.#channelId)),
    )
    for (const other of others) {
      if (JSON.stringify(other) !== JSON.stringify(first))
        this.surprises.push('nodes show different histories')
    }
    return first!
  }

  async unread(): Promise<{ reader: string; conversation: string; readSeq: number; count: number }[]> {
    const node = this.#node()
    const all = []
    for (const { user } of this.#people) {
      const { body } = await node.call(user, 'GET', `/api/channels/${this.#channelId}`)
      const { readSeq, unreadCount } = body['channel'] as { readSeq: number; unreadCount: number }
      all.push({ reader: user.id, conversation: this.#channelId, readSeq, count: unreadCount })
    }
    return all
  }

  /** Everybody goes, and whoever waits for something waits no longer. */
  async end(): Promise<void> {
    this.#isOver = true
    this.#isWriting = false
    for (const { chat, channels } of this.#people) {
      chat?.socket.terminate()
      channels?.close()
    }
    await Promise.all(this.#loops)
  }

  async #until(met: () => boolean, ms: number): Promise<void> {
    for (const end = performance.now() + ms; !this.#isOver && !met() && performance.now() < end; ) {
      await sleep(10)
    }
  }

  /** Any entrance that is open. */
  #node(): TestNode {
    const up = this.#entrances.filter(({ isUp }) => isUp)
    return (up[Math.floor(this.#random() * up.length)] ?? this.#entrances[0]!).at
  }

  /** Connects again, to whichever node, as long as the world lasts. */
  async #keep(person: Person, open: () => Promise<Ending>): Promise<void> {
    while (!this.#isOver) {
      const { wait } = person.isAway ? GONE : await open().catch(() => GONE)
      if (wait !== null) this.toldToWait.push(wait)
      await sleep(wait ?? 50 + this.#random() * 300)
    }
  }

  /** Resolves when the connection has ended. */
  async #openChat(person: Person): Promise<Ending> {
    const { user } = person
    let wait: number | null = null
    const client = await within(this.#node().chat(user), (late) => late.socket.terminate())
    const connection = this.#newConnection(user, 'chat')
    for (const frame of client.all) this.#chatSaw(person, connection, frame)
    client.socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as RawFrame
      if (frame.type === 'server_drain') wait = waitOf(frame['data'])
      this.#chatSaw(person, connection, frame)
      client.frames.length = 0
    })
    if (person.isAway || this.#isOver) client.socket.terminate()
    person.chat = client
    const { code } = await client.closed
    person.chat = null
    if (code === 4001 || code === 4002 || code === 4003) this.surprises.push(`chat closed with ${code}`)
    return { wait }
  }

  #chatSaw({ user }: Person, connection: string, frame: RawFrame): void {
    const data = (frame['data'] ?? {}) as Readonly<Record<string, unknown>>
    const [messageId, seq] = [String(data['messageId']), Number(data['seq'])]
    if (frame.type === 'message_sent') this.#ack(user.id, String(data['clientMessageId']), messageId, seq)
    else if (frame.type === 'error') this.#refused(data)
    else if (frame.type === 'new_message') {
      const sender = String(data['senderId'])
      const conversation = directOf(sender, user.id)
      this.#received({
        reader: user.id,
        connection,
        conversation,
        messageId,
        sender,
        content: String(data['content']),
        seq,
      })
    }
  }

  async #openChannels(person: Person): Promise<Ending> {
    const { user } = person
    let wait: number | null = null
    const client = await within(this.#node().socket(user), (late) => late.close())
    const ended = new Promise<void>((resolve) => client.socket.once('disconnect', () => resolve()))
    const connection = this.#newConnection(user, 'channels')
    client.socket.on('server:drain', (notice: unknown) => {
      wait = waitOf(notice)
    })
    client.socket.on('message:new', (message: ChannelItem) => {
      client.pending.length = 0
      if (message.channelId === this.#channelId) this.#channelSaw(person, connection, message)
    })
    if (person.isAway || this.#isOver) client.close()
    const channelId = this.#channelId
    try {
      const joined = await client.socket.timeout(PATIENCE).emitWithAck('room:join', { channelId })
      if (joined.ok) await this.#sync(person, client, `${connection} sync`)
      if (joined.ok) person.channels = client
      else this.#refused(joined.error)
      if (joined.ok) await ended
      return { wait }
    } finally {
      person.channels = null
      client.close()
    }
  }

  async #sync(person: Person, client: SocketClient, connection: string): Promise<void> {
    for (let page = 1, more = true; more; page += 1) {
      const cursors = { [this.#channelId]: person.rev }
      const answer = await client.socket.timeout(PATIENCE).emitWithAck('sync', { cursors })
      if (answer.ok !== true) {
        this.#refused(answer.error)
        throw new Error('sync was refused')
      }
      const mine = answer.channels.find(
        ({ channelId }: { channelId: string }) => channelId === this.#channelId,
      )
      if (mine === undefined || mine.resync === true) {
        this.surprises.push(`sync from ${person.rev} answered ${JSON.stringify(mine)?.slice(0, 100)}`)
        return
      }
      for (const { message } of mine.events as { message: ChannelItem }[]) {
        // What comes live meanwhile may be beyond the page: the next one then begins behind it.
        this.#channelSaw(person, `${connection} ${page}`, message)
      }
      this.#knows(person, mine.rev)
      more = mine.more === true
    }
  }

  #channelSaw(person: Person, connection: string, message: ChannelItem): void {
    const { id: messageId, userId: sender, source, content, seq } = message
    const reader = person.user.id
    const event = { reader, connection, conversation: this.#channelId, messageId, sender, seq }
    if (sender !== reader) this.#received({ ...event, content: source ?? content })
    this.#sawRev(person, message.rev ?? seq)
  }

  #sawRev(person: Person, rev: number): void {
    person.revs.add(rev)
    this.#knows(person, person.rev)
  }

  /** Nothing is edited here: a revision is a message. */
  #knows(person: Person, rev: number): void {
    person.rev = Math.max(person.rev, rev)
    while (person.revs.delete(person.rev + 1)) person.rev += 1
  }

  async #write(person: Person, pause: number): Promise<void> {
    while (!this.#isOver) {
      await sleep(pause * 2 * this.#random())
      if (!this.#isWriting || this.#openOf(person) >= MAX_OPEN) continue
      const others = this.#people.filter((other) => other !== person)
      const to = this.#random() < 0.5 ? null : others[Math.floor(this.#random() * others.length)]!
      this.#try(this.#newSend(person, to))
    }
  }

  #openOf(person: Person): number {
    return [...this.#open.values()].filter(({ from }) => from === person).length
  }

  #newSend(from: Person, to: Person | null): Send {
    this.#figures.sent += 1
    const number = this.#figures.sent
    const clientMessageId = `c-${number}`
    const send = { from, to, clientMessageId, content: `message ${number}`, triedAt: 0, tries: 0 }
    this.#open.set(keyOf(send), send)
    this.history.push({
      type: 'invoke',
      sender: from.user.id,
      clientMessageId,
      conversation: to === null ? this.#channelId : directOf(from.user.id, to.user.id),
      receiver: to?.user.id ?? this.#channelId,
      content: send.content,
    })
    return send
  }

  async #retry(): Promise<void> {
    while (!this.#isOver) {
      await sleep(200)
      for (const send of [...this.#open.values()]) {
        const wait = Math.min(RETRY_AFTER * 2 ** (send.tries - 1), LONGEST_RETRY)
        if (performance.now() - send.triedAt < wait) continue
        this.#figures.retried += 1
        this.#try(send)
      }
    }
  }

  /** Over the socket, or by REST. */
  #try(send: Send): void {
    const { from, to, content, clientMessageId } = send
    send.triedAt = performance.now()
    send.tries += 1
    const byRest = this.#random() < 0.3
    if (to !== null && from.chat !== null && !byRest) {
      from.chat.send({ type: 'chat_message', data: { receiverId: to.user.id, content, clientMessageId } })
    } else if (to === null && from.channels !== null && !byRest) {
      void this.#byChannels(send, from.channels)
    } else void this.#byRest(send, this.#node())
  }

  async #byChannels({ from, content, clientMessageId }: Send, { socket }: SocketClient): Promise<void> {
    const body = { channelId: this.#channelId, content, clientMessageId }
    const answer = await socket
      .timeout(PATIENCE)
      .emitWithAck('message:send', body)
      .catch(() => null)
    if (answer === null) return
    if (answer.ok !== true) return this.#refused(answer.error)
    this.#ack(from.user.id, clientMessageId, answer.messageId, answer.seq)
    this.#sawRev(from, answer.rev)
  }

  async #byRest({ from, to, content, clientMessageId }: Send, node: TestNode): Promise<void> {
    const [path, more] =
      to === null
        ? [`/api/channels/${this.#channelId}/messages`, {}]
        : ['/api/messages', { receiverId: to.user.id }]
    const answer = await within(
      node.call(from.user, 'POST', path, { content, clientMessageId, ...more }),
    ).catch(() => null)
    if (answer === null) return
    const { status, body } = answer
    if (status === 200 || status === 201) {
      const { id, seq, rev } = body['message'] as { id: string; seq: number; rev?: number }
      this.#ack(from.user.id, clientMessageId, id, seq)
      // The connection that sent it first, and got no answer, is told of it in no other way.
      if (to === null) this.#sawRev(from, rev ?? seq)
    } else this.#refused(body, status)
  }

  #refused(error: Readonly<Record<string, unknown>> | undefined, status?: number): void {
    this.#figures.refused += 1
    const code = String(error?.['code'])
    if (!RETRYABLE.has(code))
      this.surprises.push(`refused with ${status ?? ''} ${code}: ${JSON.stringify(error)}`)
  }

  #ack(sender: string, clientMessageId: string, messageId: string, seq: number): void {
    this.history.push({ type: 'ack', sender, clientMessageId, messageId, seq })
    const send = this.#open.get(`${sender} ${clientMessageId}`)
    if (send === undefined) return
    this.#open.delete(keyOf(send))
    this.#acked.add(keyOf(send))
    this.#figures.acknowledged += 1
    const readers = send.to === null ? this.#people.filter((person) => person !== send.from) : [send.to]
    for (const { user } of readers) {
      const id = `${user.id} ${messageId}`
      if (!this.#arrived.has(id)) this.#owed.add(id)
    }
  }

  #received(event: Omit<Extract<HistoryEvent, { type: 'received' }>, 'type'>): void {
    const id = `${event.reader} ${event.messageId}`
    if (this.#arrived.has(id)) this.#figures.cameAgain += 1
    this.#arrived.add(id)
    this.#owed.delete(id)
    this.history.push({ type: 'received', ...event })
  }

  #newConnection({ username }: TestUser, dialect: string): string {
    this.#figures.connections += 1
    return `${username} ${dialect} ${this.#figures.connections}`
  }
}

/** How a connection ended: told to come back so many ms later, or not. */
interface Ending {
  readonly wait: number | null
}

const GONE: Ending = { wait: null }

const waitOf = (notice: unknown): number => Number((notice as { reconnectInMs?: unknown }).reconnectInMs)

const keyOf = ({ from, clientMessageId }: Send): string => `${from.user.id} ${clientMessageId}`

/** Rejects when it takes too long; what comes later is closed. */
const within = <T>(task: Promise<T>, late: (result: T) => void = () => {}): Promise<T> =>
  new Promise((resolve, reject) => {
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      reject(new Error('it took too long'))
    }, PATIENCE)
    task.then(
      (result) => {
        clearTimeout(timer)
        if (isLate) late(result)
        else resolve(result)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error instanceof Error ? error : new Error(String(error)))
      },
    )
  })
