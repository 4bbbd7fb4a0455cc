import type { ChannelJson, OwnChannelJson } from '@parley/dialect-channels'
import type { MemberJson } from '@parley/dialect-rest'
import { namesIn } from '@parley/model/mention-names'
import type { Conversation, ConversationSummary, MemberProgress, Typist } from './api/conversation.ts'
import { ParleyError } from './api/error.ts'
import type { MessageList, Sending, SendOptions } from './api/message.ts'
import type { Observable } from './api/observable.ts'
import type { Me } from './api/parley.ts'
import type { ConversationRecord } from './api/storage.ts'
import type { Environment } from './environment.ts'
import { offline } from './errors.ts'
import type { History } from './history.ts'
import { MessageFeed } from './message-feed.ts'
import type { Outbox } from './outbox.ts'
import { Reading } from './reading.ts'
import { Revisions } from './revisions.ts'
import type { SocketPort } from './socket-port.ts'
import type { Stored, Timeline } from './timeline.ts'
import { TypingSignal } from './typing-signal.ts'
import { Typists } from './typists.ts'
import { Value } from './value.ts'

/** Longest message, in UTF-16 units after trimming (document 003, "Data Validation"). */
export const MAX_CONTENT = 2_000
/** Most messages that are kept, to be shown before the server is asked. */
const KEPT_MESSAGES = 50
/** Most receipts that are remembered until their message is here: an event overtakes what an acknowledgement brings. */
const MAX_EARLY = 20

export interface LiveDependencies {
  readonly me: () => Me | null
  readonly environment: Environment
  readonly socket: SocketPort
  readonly outbox: Outbox
  readonly history: History
  /** Something that is kept, or shown in the list of conversations, changed. */
  readonly onChanged: (conversation: LiveConversation) => void
  /** Somebody looks, or it got something new that may have to be acknowledged. */
  readonly onAttention: (conversation: LiveConversation) => void
}

/** What the server said of one conversation, what waits to be sent to it, and what is shown of both. */
export class LiveConversation implements Conversation {
  readonly id: string
  readonly revisions = new Revisions()
  readonly typists: Typists
  readonly feed: MessageFeed
  readonly reading: Reading
  readonly #with: LiveDependencies
  readonly #summary = new Value<ConversationSummary | null>(null)
  readonly #signal: TypingSignal
  #channel: OwnChannelJson | null = null
  #activity = 0
  #focused = 0
  #early: readonly Parameters<LiveConversation['receipt']>[] = []

  constructor(id: string, dependencies: LiveDependencies) {
    this.id = id
    this.#with = dependencies
    const { environment, socket } = dependencies
    this.feed = new MessageFeed({
      ...dependencies,
      id,
      isKnown: () => this.#channel !== null,
      onPage: () => this.taken(),
      onTrim: () => this.reading.settle(),
    })
    const isOthers = ({ userId }: Stored) => !this.isMe(userId)
    const isMention = (message: Stored) => this.isMention(message)
    this.reading = new Reading({ timeline: this.feed.timeline, isOthers, isMention })
    this.typists = new Typists(environment)
    this.#signal = new TypingSignal(environment, (isTyping) =>
      socket.emit(isTyping ? 'message:typing:start' : 'message:typing:stop', { channelId: id }),
    )
  }

  get summary(): Observable<ConversationSummary | null> {
    return this.#summary
  }

  get messages(): Observable<MessageList> {
    return this.feed.list
  }

  get typing(): Observable<readonly Typist[]> {
    return this.typists.value
  }

  get progress(): Observable<ReadonlyMap<string, MemberProgress>> {
    return this.feed.progress.value
  }

  get timeline(): Timeline {
    return this.feed.timeline
  }

  /** As the server last told it; its positions may be of the past. Null: not known. */
  get channel(): OwnChannelJson | null {
    return this.#channel
  }

  get isFocused(): boolean {
    return this.#focused > 0
  }

  // What the app asks for.

  send(content: string, options: SendOptions = {}): Sending {
    const me = this.#with.me()
    const text = content.trim()
    if (text === '') throw new ParleyError('INVALID', 'There is nothing to send.')
    if (text.length > MAX_CONTENT)
      throw new ParleyError('TOO_LONG', `A message has at most ${MAX_CONTENT} characters.`)
    // It is not known yet who sends this.
    if (me === null) throw offline()
    const key = options.clientMessageId ?? crypto.randomUUID()
    const stored = this.#with.outbox
      .add({ clientMessageId: key, channelId: this.id, content: text, parentId: options.parentId ?? null })
      .then((message) => this.feed.view(this.timeline.find(message.id) ?? message))
    // Whoever does not wait for it sees it in the list.
    stored.catch(() => undefined)
    this.#signal.stop()
    return { key, stored }
  }

  retry(key: string): void {
    this.#with.outbox.retry(key)
  }

  discard(key: string): string | null {
    return this.#with.outbox.discard(key)
  }

  async edit(messageId: string, content: string): Promise<void> {
    await this.#with.socket.request('message:edit', { messageId, content })
  }

  async remove(messageId: string): Promise<void> {
    await this.#with.socket.request('message:delete', { messageId })
  }

  async react(messageId: string, emoji: string, on: boolean): Promise<void> {
    await this.#with.socket.request('message:react', { messageId, emoji, on })
  }

  keystroke(): void {
    this.#signal.keystroke()
  }

  stopTyping(): void {
    this.#signal.stop()
  }

  markRead(): void {
    if (this.#channel === null) return
    this.readUpTo(this.timeline.head)
    this.#with.onAttention(this)
  }

  focus(): () => void {
    this.#focused += 1
    this.#with.onAttention(this)
    let isHeld = true
    return () => {
      if (isHeld) this.#focused -= 1
      isHeld = false
    }
  }

  async members(
    cursor?: string,
  ): Promise<{ readonly members: readonly MemberJson[]; readonly nextCursor: string | null }> {
    const page = await this.#with.history.members(this.id, cursor)
    for (const { user, ...to } of page.members)
      if (!this.isMe(user.id)) this.feed.progress.raise(user.id, to, null)
    this.feed.publish()
    return page
  }

  loadOlder(): Promise<void> {
    return this.feed.loadOlder()
  }

  loadUntil(target: { readonly id: string } | { readonly seq: number }): Promise<string | null> {
    return this.feed.loadUntil(target)
  }

  // What the server says.

  /** What a list or a resume says of it: positions included. */
  describe(channel: OwnChannelJson): void {
    this.#channel = channel
    this.reading.describe(channel)
    this.timeline.raiseHead(channel.seq)
    this.changed()
  }

  /** A change of the channel itself, without positions. False: it is not known. */
  rename({ role, ...change }: ChannelJson): boolean {
    const channel = this.#channel
    if (channel === null) return false
    // To each of the two, a direct conversation is called after the other.
    const name = channel.kind === 'direct' ? channel.name : change.name
    this.#channel = { ...channel, ...change, name, role: role === undefined ? channel.role : role }
    this.changed()
    return true
  }

  /** Positions that were known count no more. */
  restart(channel: OwnChannelJson): void {
    this.revisions.restart(channel.rev)
    this.feed.restart(channel.seq)
    this.reading.restart()
    this.describe(channel)
    this.feed.settle()
  }

  /** What was kept of it. */
  restore({ channel, rev, messages, activity }: ConversationRecord): void {
    this.restart(channel)
    this.revisions.restart(rev)
    this.timeline.restore(channel.seq, messages)
    this.#activity = activity
    this.taken()
  }

  /** What is kept of it; null: it is not one's own. */
  get record(): ConversationRecord | null {
    const { timeline, revisions, reading } = this
    const channel = this.#channel
    if (channel === null || channel.role === null) return null
    const { unread: unreadCount, mentions: mentionCount } = reading.counts
    const read = { readSeq: reading.seq, deliveredSeq: reading.told.delivered, unreadCount, mentionCount }
    return {
      channel: { ...channel, ...read, seq: timeline.head, rev: revisions.known },
      rev: revisions.known,
      messages: timeline.items.slice(-KEPT_MESSAGES),
      activity: this.#activity,
    }
  }

  set activity(activity: number) {
    this.#activity = activity
    this.changed()
  }

  get activity(): number {
    return this.#activity
  }

  /** A message as an event or a resume brought it. True when it is a new one by somebody else, not read anywhere. */
  take(message: Stored): boolean {
    const { timeline, revisions, reading } = this
    const isOwn = this.isMe(message.userId)
    const isNews = message.rev > revisions.known && timeline.find(message.id) === undefined
    timeline.put(message)
    revisions.note(message.rev)
    if (isOwn) this.#with.outbox.seen(message)
    if (isNews) this.typists.stop(message.userId)
    return isNews && !isOwn && message.seq > reading.seq
  }

  /** What follows from any number of `take`s. */
  taken(): void {
    const early = this.#early
    this.#early = []
    for (const receipt of early) this.receipt(...receipt)
    this.feed.settle()
    this.changed()
    this.#with.onAttention(this)
  }

  /** Only on top of everything before it: what came in between might be undone by it, or lost under it. */
  change(messageId: string, rev: number, to: (message: Stored) => Stored): void {
    if (rev > this.revisions.known + 1) {
      this.revisions.miss(rev)
      return
    }
    this.timeline.change(messageId, rev, to)
    this.revisions.note(rev)
    this.changed()
  }

  isMention({ source }: Stored): boolean {
    const name = this.#with.me()?.username.toLowerCase() ?? ''
    return this.#channel?.kind !== 'direct' && namesIn(source).includes(name)
  }

  /** Somebody's cursor, as it was before anybody listened. */
  member(userId: string, to: { readonly deliveredSeq: number; readonly readSeq: number }): void {
    if (!this.isMe(userId)) this.feed.progress.raise(userId, to, null)
  }

  /** An author of a large channel hears of messages, not of cursors; by id. */
  receipt(...receipt: [messageId: string, userId: string, status: 'delivered' | 'read']): void {
    const [messageId, userId, status] = receipt
    const seq = this.timeline.find(messageId)?.seq
    if (seq === undefined) {
      this.#early = [...this.#early, receipt].slice(-MAX_EARLY)
      return
    }
    const to = status === 'read' ? { readSeq: seq } : { deliveredSeq: seq }
    if (this.feed.progress.raise(userId, to, this.#with.environment.now())) this.feed.publish()
  }

  /** One's own cursor, here or on another device. False: what is left is a guess. */
  readUpTo(seq: number): boolean {
    if (seq <= this.reading.seq) return true
    const isExact = this.reading.advance(seq)
    this.changed()
    return isExact
  }

  /** It is one's own no longer. */
  lose(): void {
    this.#channel = null
    this.revisions.restart(0)
    this.feed.lose()
    this.reading.restart()
    this.typists.clear()
    this.changed()
  }

  /** What is shown of it may be another. */
  changed(): void {
    this.#summarise()
    this.feed.publish()
    this.#with.onChanged(this)
  }

  isMe(userId: string): boolean {
    return userId === this.#with.me()?.id
  }

  #summarise(): void {
    const channel = this.#channel
    if (channel === null) {
      this.#summary.set(null)
      return
    }
    const { id, kind, isPrivate, role, memberCount, archivedAt } = channel
    const { unread: unreadCount, mentions: mentionCount } = this.reading.counts
    this.#summary.set({
      ...{ id, kind, isPrivate, role, memberCount, archivedAt, unreadCount, mentionCount },
      name: channel.name ?? '',
      peer: channel.peer ?? null,
      seq: this.timeline.head,
      readSeq: this.reading.seq,
      activity: this.#activity,
    })
  }
}
