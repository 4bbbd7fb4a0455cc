import type { Call, Calls, CallView, IncomingCall } from '../api/call.ts'
import type { ConnectionStatus } from '../api/connection.ts'
import type {
  Conversation,
  ConversationList,
  ConversationSummary,
  MemberProgress,
  Typist,
} from '../api/conversation.ts'
import type { Message, MessageList, Sending } from '../api/message.ts'
import type { Observable } from '../api/observable.ts'
import type { Me, Parley } from '../api/parley.ts'
import type { Presence } from '../api/presence.ts'
import type { Rest } from '../api/rest.ts'
import type { Room, RoomView } from '../api/room.ts'
import { Value } from '../value.ts'

const later = async <T>(value: T): Promise<T> => value

/** A conversation that a test sets, and that notes what it was asked to do. */
export class FakeConversation implements Conversation {
  readonly id: string
  readonly done: string[] = []
  readonly summary = new Value<ConversationSummary | null>(null)
  readonly messages: Value<MessageList>
  readonly typing = new Value<readonly Typist[]>([])
  readonly progress = new Value<ReadonlyMap<string, MemberProgress>>(new Map())
  /** How often the messages are listened to, and looked at. */
  interest = 0
  focused = 0

  constructor(id: string) {
    this.id = id
    this.messages = new Value<MessageList>(
      { items: [], hasOlder: false, state: 'ready', isLoadingOlder: false },
      (isWanted) => {
        this.interest += isWanted ? 1 : -1
      },
    )
  }

  #note(what: string): void {
    this.done.push(what)
  }

  async loadOlder(): Promise<void> {
    this.#note('loadOlder')
  }
  async loadUntil(): Promise<string | null> {
    this.#note('loadUntil')
    return null
  }
  send(content: string, options: { readonly parentId?: string } = {}): Sending {
    this.#note(`send ${content} ${options.parentId ?? '-'}`)
    return { key: content, stored: later(message(content)) }
  }
  retry(key: string): void {
    this.#note(`retry ${key}`)
  }
  discard(key: string): string | null {
    this.#note(`discard ${key}`)
    return key
  }
  async edit(messageId: string, content: string): Promise<void> {
    this.#note(`edit ${messageId} ${content}`)
  }
  async remove(messageId: string): Promise<void> {
    this.#note(`remove ${messageId}`)
  }
  async react(messageId: string, emoji: string, on: boolean): Promise<void> {
    this.#note(`react ${messageId} ${emoji} ${on}`)
  }
  keystroke(): void {
    this.#note('keystroke')
  }
  stopTyping(): void {
    this.#note('stopTyping')
  }
  markRead(): void {
    this.#note('markRead')
  }
  focus(): () => void {
    this.focused += 1
    return () => {
      this.focused -= 1
    }
  }
  async members(): Promise<{ readonly members: readonly []; readonly nextCursor: null }> {
    return { members: [], nextCursor: null }
  }
}

const OUTSIDE: RoomView = { state: 'outside', failure: null, members: [], messages: [], typing: [] }

export class FakeRoom implements Room {
  readonly code: string
  readonly done: string[] = []
  readonly view = new Value<RoomView>(OUTSIDE)

  constructor(code: string) {
    this.code = code
  }

  enter(): void {
    this.done.push('enter')
  }
  async admit(pin: string): Promise<void> {
    this.done.push(`admit ${pin}`)
  }
  leave(): void {
    this.done.push('leave')
  }
  send(content: string): void {
    this.done.push(`send ${content}`)
  }
  retry(key: string): void {
    this.done.push(`retry ${key}`)
  }
  keystroke(): void {
    this.done.push('keystroke')
  }
  stopTyping(): void {
    this.done.push('stopTyping')
  }
}

const refuse = (): never => {
  throw new Error('The fake does not do that.')
}

export class FakeCalls implements Calls {
  readonly state = new Value<'off' | 'connecting' | 'ready'>('off')
  readonly incoming = new Value<readonly IncomingCall[]>([])
  readonly current = new Value<Call | null>(null)
  listen = (): (() => void) => () => undefined
  callUser = async (): Promise<Call> => refuse()
  createGroup = async (): Promise<Call> => refuse()
  joinGroup = async (): Promise<Call> => refuse()
  dismiss(): void {}
  close(): void {}
}

/** A client without a server, whose values a test sets: for tests of what is built on the hooks. */
export class FakeParley implements Parley {
  readonly url = 'http://parley.test'
  readonly me = new Value<Me | null>({ id: 'me', username: 'ada', avatar: null })
  readonly connection = new Value<ConnectionStatus>({
    state: 'disconnected',
    since: 0,
    error: null,
    retryAt: null,
  })
  readonly waiting = new Value(0)
  readonly conversations = new Value<ConversationList>({ state: 'loading', items: [] })
  readonly unread = new Value({ messages: 0, mentions: 0 })
  readonly calls = new FakeCalls()
  readonly done: string[] = []
  /** Whose presence is wanted now, and how often that began. */
  readonly watched = new Map<string, number>()
  readonly #presence = new Map<string, Value<Presence>>()
  readonly #conversations = new Map<string, FakeConversation>()
  readonly #rooms = new Map<string, FakeRoom>()

  get rest(): Rest {
    return refuse()
  }
  conversation(id: string): FakeConversation {
    const known = this.#conversations.get(id) ?? new FakeConversation(id)
    this.#conversations.set(id, known)
    return known
  }
  openDirect = async (): Promise<Conversation> => refuse()
  joinChannel = async (): Promise<Conversation> => refuse()
  presence(userId: string): Observable<Presence> {
    return this.presenceOf(userId)
  }
  presenceOf(userId: string): Value<Presence> {
    const known =
      this.#presence.get(userId) ??
      new Value<Presence>({ status: 'unknown', lastSeen: null }, (isWanted) => {
        if (isWanted) this.watched.set(userId, (this.watched.get(userId) ?? 0) + 1)
        else this.watched.delete(userId)
      })
    this.#presence.set(userId, known)
    return known
  }
  room(code: string): FakeRoom {
    const known = this.#rooms.get(code) ?? new FakeRoom(code)
    this.#rooms.set(code, known)
    return known
  }
  on = (): (() => void) => () => undefined
  setVisible(): void {}
  connect(): void {
    this.done.push('connect')
  }
  disconnect(): void {
    this.done.push('disconnect')
  }
  async close(): Promise<void> {
    this.done.push('close')
  }
}

/** A stored message of somebody else. */
export const message = (content: string, seq = 1): Message => ({
  key: `m${seq}`,
  id: `m${seq}`,
  conversationId: 'c',
  seq,
  author: { id: 'bob', name: 'bob', avatar: null },
  isOwn: false,
  source: content,
  contentHtml: content,
  messageType: 'text',
  parentId: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  editedAt: null,
  deletedAt: null,
  status: null,
  failure: null,
  reactions: [],
})

export const view = (phase: CallView['phase']): CallView => ({
  phase,
  end: null,
  problem: null,
  activeSince: null,
  local: {
    stream: null,
    microphone: true,
    camera: false,
    screen: false,
    isSpeaking: false,
    devices: { microphone: null, camera: null, speaker: null },
  },
  participants: [],
})
