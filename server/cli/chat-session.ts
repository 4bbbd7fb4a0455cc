import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import { type ApiClient, ApiError, type HistoryMessage, type Person } from './api-client.ts'
import { ChatOutbox } from './chat-outbox.ts'
import { shorten } from './printable.ts'

/** How far a message of one's own has come. */
export type Mark = 'sent' | 'delivered' | 'read'

/** What a person at a terminal is told. */
export interface ChatEvents {
  line(line: { mine: boolean; text: string; at: string; mark: Mark | null }): void
  /** A message was taken from the keyboard; it is not stored yet. */
  sending(id: string, text: string): void
  mark(id: string, text: string, mark: Mark): void
  read(at: string): void
  typing(isTyping: boolean): void
  presence(isOnline: boolean): void
  notice(text: string): void
  refused(id: string, text: string, reason: string): void
}

type Fields = Readonly<Record<string, unknown>>

/** Closing codes after which coming back makes no sense. */
const FINAL_CODES = new Map([
  [4001, 'You are not signed in.'],
  [4002, 'Your session is over. Sign in again.'],
  [4003, 'This account does not exist or is disabled.'],
  [4005, 'You signed in to chat from somewhere else.'],
])
const TOO_BIG = 1009
const TEMPORARY = new Set(['RATE_LIMITED', 'UNAVAILABLE', 'SERVER_ERROR'])
const MIN_WAIT = 500
const MAX_WAIT = 15_000
const RETRY = 1_100
const PING = 20_000
/** Messages of the past that are shown at the start, or as many as are unread. */
const HISTORY = 20
const MAX_HISTORY = 1_000
const MAX_CONTENT = 5_000

/** One conversation over document 001's protocol: comes back by itself, and sends again what was not acknowledged. */
export class ChatClientSession {
  readonly #url: string
  readonly #api: ApiClient
  readonly #me: Person
  readonly #peer: Person
  readonly #events: ChatEvents
  readonly #onEnded: (reason: string) => void
  readonly #outbox: ChatOutbox
  readonly #seen = new Set<string>()
  /** Own messages that are not delivered: id of the message → what was written. */
  readonly #undelivered = new Map<string, { id: string; text: string }>()
  readonly #announced = new Set<string>()
  readonly #startedAt = Date.now()
  #lastSeq: number | null = null
  #isPeerOnline: boolean
  #socket: WebSocket | null = null
  #isConnected = false
  #wasLost = false
  #wait = MIN_WAIT
  #drainWait: number | null = null
  #isStopped = false

  constructor(options: {
    url: string
    token: string
    api: ApiClient
    me: Person
    peer: Person
    events: ChatEvents
    /** The server does not take this session any more. */
    onEnded: (reason: string) => void
  }) {
    const url = new URL('/ws', options.url)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    url.searchParams.set('token', options.token)
    this.#url = url.href
    this.#api = options.api
    this.#me = options.me
    this.#peer = options.peer
    this.#isPeerOnline = options.peer.isOnline === true
    this.#events = options.events
    this.#onEnded = options.onEnded
    this.#outbox = new ChatOutbox(({ id, text }) =>
      this.#emit('chat_message', { receiverId: this.#peer.id, content: text, clientMessageId: id }),
    )
  }

  /** First what was written meanwhile, then live. */
  async start(): Promise<void> {
    if (this.#isStopped) return
    try {
      await this.#catchUp()
    } catch (error) {
      const isOver = error instanceof ApiError && (error.status === 401 || error.status === 403)
      if (isOver) this.#end('Your session is over. Sign in again.')
      else this.#comeBack()
      return
    }
    if (!this.#isStopped) this.#connect()
  }

  /** Keeps the text until the server has stored it, over any number of reconnects. */
  send(text: string): void {
    const id = randomUUID()
    if (text.length > MAX_CONTENT) {
      this.#events.refused(id, text, `it has ${text.length} characters, ${MAX_CONTENT} are possible`)
      return
    }
    this.#events.sending(id, text)
    this.#outbox.add({ id, text })
  }

  typing(isTyping: boolean): void {
    this.#emit(isTyping ? 'typing_start' : 'typing_stop', { receiverId: this.#peer.id })
  }

  /** How many texts the server has not acknowledged. */
  get waiting(): number {
    return this.#outbox.size
  }

  stop(): void {
    this.#isStopped = true
    this.#socket?.close()
  }

  async #catchUp(): Promise<void> {
    const unread = this.#lastSeq === null ? await this.#api.unread() : []
    const mine = unread.find(({ user }) => user.id === this.#peer.id)
    const messages = await this.#missed(Math.max(HISTORY, mine?.unreadCount ?? 0))
    for (const message of messages.reverse()) this.#showPast(message)
    this.#lastSeq ??= 0
    for (const { user, unreadCount } of unread) {
      if (user.id === this.#peer.id) continue
      this.#announced.add(user.id)
      this.#events.notice(`${unreadCount} unread from ${user.username}`)
    }
  }

  /** Newest first: all after the last one that was shown, or at the start as many as wanted. */
  async #missed(wanted: number): Promise<HistoryMessage[]> {
    const most = this.#lastSeq === null ? Math.min(wanted, MAX_HISTORY) : MAX_HISTORY
    const after = this.#lastSeq ?? 0
    const messages: HistoryMessage[] = []
    for await (const page of this.#api.history(this.#peer.id)) {
      messages.push(...page)
      if (messages.length >= most || (page.at(-1)?.seq ?? 0) <= after) break
    }
    // What is older than the start's history stays unseen; what was seen may have come further.
    return messages.slice(0, most).filter(({ id, seq }) => seq > after || this.#seen.has(id))
  }

  #showPast(message: HistoryMessage): void {
    const { id, seq, content: text, createdAt: at, status, clientMessageId } = message
    this.#lastSeq = Math.max(this.#lastSeq ?? 0, seq)
    const isMine = message.senderId === this.#me.id
    if (isMine && this.#outbox.take(clientMessageId)) {
      this.#seen.add(id)
      this.#events.mark(clientMessageId ?? id, text, 'sent')
      if (status === 'sent') this.#undelivered.set(id, { id: clientMessageId ?? id, text })
    } else if (this.#isNew(id)) {
      this.#events.line({ mine: isMine, text, at, mark: isMine ? status : null })
      if (isMine && status === 'sent') this.#undelivered.set(id, { id, text })
    } else if (isMine && status !== 'sent') this.#onDelivered(id)
  }

  #connect(): void {
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    let isAlive = true
    const heartbeat = setInterval(() => {
      if (!isAlive) socket.terminate()
      isAlive = false
      if (socket.readyState === WebSocket.OPEN) socket.ping()
    }, PING)
    socket.on('pong', () => {
      isAlive = true
    })
    socket.on('message', (data) => this.#onText(String(data)))
    socket.on('error', () => {})
    socket.on('close', (code) => {
      clearInterval(heartbeat)
      this.#onClose(code)
    })
  }

  #emit(type: string, data: Fields): void {
    if (this.#isConnected) this.#socket?.send(JSON.stringify({ type, data }))
  }

  #onClose(code: number): void {
    this.#isConnected = false
    const current = this.#outbox.disconnect()
    if (this.#isStopped) return
    const reason = FINAL_CODES.get(code)
    if (reason !== undefined) {
      this.#end(reason)
      return
    }
    if (code === TOO_BIG && current !== null) {
      this.#outbox.take(current.id)
      this.#events.refused(current.id, current.text, 'it is too large for this server')
    }
    this.#comeBack()
  }

  #end(reason: string): void {
    this.#isStopped = true
    this.#onEnded(reason)
  }

  #comeBack(): void {
    if (!this.#wasLost) this.#events.notice('connection lost; trying again …')
    this.#wasLost = true
    const wait = this.#drainWait ?? this.#wait * (0.5 + Math.random() / 2)
    this.#drainWait = null
    this.#wait = Math.min(this.#wait * 2, MAX_WAIT)
    setTimeout(() => void this.start(), wait)
  }

  #onText(text: string): void {
    let frame: unknown
    try {
      frame = JSON.parse(text)
    } catch {
      return
    }
    if (typeof frame === 'object' && frame !== null) this.#onFrame(frame as Fields)
  }

  #onFrame(frame: Fields): void {
    const data = (frame['data'] ?? {}) as Fields
    const isPeer = (field: string): boolean => data[field] === this.#peer.id
    switch (frame['type']) {
      case 'connection_established':
        this.#onEstablished()
        break
      case 'message_sent':
        this.#onSent(data)
        break
      case 'message_delivered':
        this.#onDelivered(String(data['messageId']))
        break
      case 'messages_read':
        if (isPeer('readBy')) this.#onRead(String(data['readAt']))
        break
      case 'new_message':
        this.#onMessage(data)
        break
      case 'typing_indicator':
        if (isPeer('userId')) this.#events.typing(data['isTyping'] === true)
        break
      case 'user_online':
      case 'user_offline':
        if (isPeer('userId')) this.#onPresence(frame['type'] === 'user_online')
        break
      case 'online_users':
        this.#onList(data)
        break
      case 'server_drain':
        this.#drainWait = Math.min(Math.max(Number(data['reconnectInMs']) || 0, 0), 60_000)
        break
      case 'error':
        this.#onError(String(data['code']), String(data['message']))
        break
      default:
        break
    }
  }

  #onPresence(isOnline: boolean): void {
    if (isOnline === this.#isPeerOnline) return
    this.#isPeerOnline = isOnline
    this.#events.presence(isOnline)
  }

  /** Tells of arrivals while there was no connection. Of a list that was cut only who is on it is known. */
  #onList({ users, totalOnline }: Fields): void {
    if (!Array.isArray(users)) return
    const isOnline = users.some((user: { _id?: unknown } | null) => user?._id === this.#peer.id)
    if (isOnline || users.length === totalOnline) this.#onPresence(isOnline)
  }

  #onEstablished(): void {
    if (this.#wasLost) this.#events.notice('connected again')
    this.#wasLost = false
    this.#wait = MIN_WAIT
    this.#isConnected = true
    this.#markRead()
    this.#outbox.connect()
  }

  #onSent(data: Fields): void {
    const messageId = String(data['messageId'])
    const sent = this.#outbox.take(String(data['clientMessageId']))
    if (sent === null) return
    this.#seen.add(messageId)
    this.#undelivered.set(messageId, sent)
    this.#events.mark(sent.id, sent.text, 'sent')
  }

  #onDelivered(messageId: string): void {
    const sent = this.#undelivered.get(messageId)
    if (sent === undefined) return
    this.#undelivered.delete(messageId)
    this.#events.mark(sent.id, sent.text, 'delivered')
  }

  #onRead(at: string): void {
    // What was read was delivered; nobody needs to hear both.
    this.#undelivered.clear()
    this.#events.read(at)
  }

  #onMessage(data: Fields): void {
    const id = String(data['messageId'])
    const at = String(data['createdAt'])
    if (data['senderId'] !== this.#peer.id) {
      const isPast = Date.parse(at) < this.#startedAt && this.#announced.has(String(data['senderId']))
      if (this.#isNew(id) && !isPast)
        this.#events.notice(`${String(data['senderUsername'])} wrote to you in another conversation`)
      return
    }
    // Not `lastSeq`: only history knows that nothing before it is missing.
    if (this.#isNew(id)) this.#events.line({ mine: false, text: String(data['content']), at, mark: null })
    this.#markRead()
  }

  /** A refusal names no message, but one is under way at a time. What can be tried again is. */
  #onError(code: string, message: string): void {
    const current = this.#outbox.current
    if (current === null) this.#events.notice(message)
    else if (TEMPORARY.has(code)) {
      if (code !== 'RATE_LIMITED') this.#events.notice(`${message} Trying again: ${shorten(current.text)}`)
      this.#outbox.retryIn(RETRY)
    } else {
      this.#outbox.take(current.id)
      this.#events.refused(current.id, current.text, message)
    }
  }

  #markRead(): void {
    this.#emit('mark_read', { senderId: this.#peer.id })
  }

  /** Remembers a message as shown: it may come by history, by replay and live. */
  #isNew(messageId: string): boolean {
    if (this.#seen.has(messageId)) return false
    this.#seen.add(messageId)
    return true
  }
}
