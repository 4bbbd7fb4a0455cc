import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'

export interface Person {
  readonly id: string
  readonly username: string
}

export interface ChatLine {
  readonly id: string
  readonly mine: boolean
  readonly text: string
  /** ISO time. */
  readonly at: string
}

/** What a person at a terminal is told. */
export interface ChatEvents {
  line(line: ChatLine): void
  status(clientMessageId: string, text: string, status: 'sent' | 'delivered'): void
  read(at: string): void
  typing(isTyping: boolean): void
  presence(isOnline: boolean): void
  notice(text: string): void
  /** The server does not take this token any more. */
  ended(reason: string): void
}

interface Outgoing {
  readonly clientMessageId: string
  readonly text: string
}

type Fields = Readonly<Record<string, unknown>>

/** Closing codes after which coming back makes no sense. */
const FINAL_CODES = new Map([
  [4001, 'You are not signed in.'],
  [4002, 'Your session is over. Sign in again.'],
  [4003, 'This account does not exist or is disabled.'],
  [4005, 'You signed in to chat from somewhere else.'],
])
const MIN_WAIT = 500
const MAX_WAIT = 15_000

/** One conversation over document 001's protocol: comes back by itself, and sends again what was not acknowledged. */
export class ChatClientSession {
  readonly #url: string
  readonly #peer: Person
  readonly #events: ChatEvents
  readonly #outbox = new Map<string, Outgoing>()
  /** Message id → what was written, until it is delivered. Bounded: the oldest are forgotten. */
  readonly #undelivered = new Map<string, Outgoing>()
  readonly #seen = new Set<string>()
  #socket: WebSocket | null = null
  #wait = MIN_WAIT
  #drainWait: number | null = null
  #stopped = false

  constructor(options: { url: string; token: string; peer: Person; events: ChatEvents }) {
    const url = new URL('/ws', options.url)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    url.searchParams.set('token', options.token)
    this.#url = url.href
    this.#peer = options.peer
    this.#events = options.events
  }

  start(): void {
    if (this.#stopped) return
    const socket = new WebSocket(this.#url)
    this.#socket = socket
    socket.on('open', () => {
      this.#wait = MIN_WAIT
      for (const outgoing of this.#outbox.values()) this.#transmit(outgoing)
    })
    socket.on('message', (data) => this.#onFrame(JSON.parse(String(data)) as Fields))
    socket.on('error', () => {})
    socket.on('close', (code) => this.#onClose(code))
  }

  /** Keeps the text until the server has stored it, over any number of reconnects. */
  send(text: string): void {
    const outgoing = { clientMessageId: randomUUID(), text }
    this.#outbox.set(outgoing.clientMessageId, outgoing)
    this.#transmit(outgoing)
  }

  typing(isTyping: boolean): void {
    this.#emit(isTyping ? 'typing_start' : 'typing_stop', { receiverId: this.#peer.id })
  }

  /** Marks a message as shown, so that a replay does not show it again. False when it was shown before. */
  isNew(messageId: string): boolean {
    if (this.#seen.has(messageId)) return false
    this.#seen.add(messageId)
    return true
  }

  markRead(): void {
    this.#emit('mark_read', { senderId: this.#peer.id })
  }

  /** How many texts the server has not acknowledged. */
  get waiting(): number {
    return this.#outbox.size
  }

  stop(): void {
    this.#stopped = true
    this.#socket?.close()
  }

  #transmit({ clientMessageId, text }: Outgoing): void {
    this.#emit('chat_message', { receiverId: this.#peer.id, content: text, clientMessageId })
  }

  #emit(type: string, data: Fields): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ type, data }))
  }

  #onClose(code: number): void {
    if (this.#stopped) return
    const reason = FINAL_CODES.get(code)
    if (reason !== undefined) {
      this.#stopped = true
      this.#events.ended(reason)
      return
    }
    const wait = this.#drainWait ?? this.#wait * (0.5 + Math.random() / 2)
    this.#drainWait = null
    this.#wait = Math.min(this.#wait * 2, MAX_WAIT)
    this.#events.notice(`connection lost, trying again in ${(wait / 1_000).toFixed(1)} s`)
    setTimeout(() => this.start(), wait)
  }

  #onFrame(frame: Fields): void {
    const data = (frame['data'] ?? {}) as Fields
    const isPeer = (field: string): boolean => data[field] === this.#peer.id
    switch (frame['type']) {
      case 'message_sent':
        this.#onSent(data)
        break
      case 'message_delivered':
        this.#onDelivered(String(data['messageId']))
        break
      case 'messages_read':
        if (isPeer('readBy')) this.#events.read(String(data['readAt']))
        break
      case 'new_message':
        this.#onMessage(data)
        break
      case 'typing_indicator':
        if (isPeer('userId')) this.#events.typing(data['isTyping'] === true)
        break
      case 'user_online':
      case 'user_offline':
        if (isPeer('userId')) this.#events.presence(frame['type'] === 'user_online')
        break
      case 'server_drain':
        this.#drainWait = Number(data['reconnectInMs'])
        break
      case 'error':
        this.#onError(data)
        break
      default:
        break
    }
  }

  #onSent(data: Fields): void {
    const outgoing = this.#outbox.get(String(data['clientMessageId']))
    if (outgoing === undefined) return
    this.#outbox.delete(outgoing.clientMessageId)
    this.#seen.add(String(data['messageId']))
    this.#undelivered.set(String(data['messageId']), outgoing)
    if (this.#undelivered.size > 1_000) this.#undelivered.delete(this.#undelivered.keys().next().value!)
    this.#events.status(outgoing.clientMessageId, outgoing.text, 'sent')
  }

  #onDelivered(messageId: string): void {
    const outgoing = this.#undelivered.get(messageId)
    if (outgoing === undefined) return
    this.#undelivered.delete(messageId)
    this.#events.status(outgoing.clientMessageId, outgoing.text, 'delivered')
  }

  #onMessage(data: Fields): void {
    const [id, text, at] = [data['messageId'], data['content'], data['createdAt']].map(String) as [
      string,
      string,
      string,
    ]
    if (data['senderId'] !== this.#peer.id) {
      this.#events.notice(`a message from ${String(data['senderUsername'])} waits in another conversation`)
      return
    }
    if (this.isNew(id)) this.#events.line({ id, mine: false, text, at })
    this.markRead()
  }

  /** A refusal names no message. What can be tried again is; what was refused for good is dropped. */
  #onError(data: Fields): void {
    const code = data['code']
    const isTemporary = code === 'RATE_LIMITED' || code === 'UNAVAILABLE' || code === 'SERVER_ERROR'
    this.#events.notice(String(data['message']))
    if (isTemporary) {
      setTimeout(() => {
        for (const outgoing of this.#outbox.values()) this.#transmit(outgoing)
      }, 1_100)
    } else this.#outbox.clear()
  }
}
