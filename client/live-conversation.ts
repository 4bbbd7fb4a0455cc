import type { ChannelJson, OwnChannelJson } from '@parley/dialect-channels'
import type { MemberJson } from '@parley/dialect-rest'
import type { Conversation, ConversationSummary, MemberProgress, Typist } from './api/conversation.ts'
import { ParleyError } from './api/error.ts'
import type { Message, MessageList, Sending, SendOptions } from './api/message.ts'
import type { Observable } from './api/observable.ts'
import type { Me } from './api/parley.ts'
import type { OutboxRecord } from './api/storage.ts'
import type { Environment } from './environment.ts'
import type { History } from './history.ts'
import { viewOfStored, viewOfWaiting } from './message-view.ts'
import type { Outbox } from './outbox.ts'
import { Progress } from './progress.ts'
import { Revisions } from './revisions.ts'
import type { SocketPort } from './socket-port.ts'
import { type Stored, Timeline } from './timeline.ts'
import { TypingSignal } from './typing-signal.ts'
import { Typists } from './typists.ts'
import { Value } from './value.ts'

/** Longest message, in UTF-16 units after trimming (document 003, "Data Validation"). */
export const MAX_CONTENT = 2_000
/** Most messages of one conversation that are held while nobody looks. */
const KEPT_UNSEEN = 100

const EMPTY: MessageList = { items: [], hasOlder: false, state: 'loading', isLoadingOlder: false }

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
  readonly timeline = new Timeline()
  readonly typists: Typists
  readonly #with: LiveDependencies
  readonly #progress = new Progress()
  readonly #summary = new Value<ConversationSummary | null>(null)
  readonly #messages: Value<MessageList>
  readonly #signal: TypingSignal
  #views = new WeakMap<Stored, Message>()
  readonly #waitingViews = new WeakMap<OutboxRecord, Message>()
  #channel: OwnChannelJson | null = null
  #activity = 0
  #focused = 0
  #isWanted = false
  /** The newest page is there, or known to be empty. */
  #isLoaded = false
  #isUnavailable = false
  #loading: Promise<void> | null = null

  constructor(id: string, dependencies: LiveDependencies) {
    this.id = id
    this.#with = dependencies
    this.typists = new Typists(dependencies.environment)
    this.#signal = new TypingSignal(dependencies.environment, (isTyping) =>
      dependencies.socket.emit(isTyping ? 'message:typing:start' : 'message:typing:stop', { channelId: id }),
    )
    this.#messages = new Value<MessageList>(EMPTY, (isWanted) => this.#want(isWanted))
  }

  get summary(): Observable<ConversationSummary | null> {
    return this.#summary
  }

  get messages(): Observable<MessageList> {
    return this.#messages
  }

  get typing(): Observable<readonly Typist[]> {
    return this.typists.value
  }

  get progress(): Observable<ReadonlyMap<string, MemberProgress>> {
    return this.#progress.value
  }

  /** As the server last told it, with the positions that are known here. Null: not known. */
  get channel(): OwnChannelJson | null {
    return this.#channel
  }

  get isFocused(): boolean {
    return this.#focused > 0
  }

  get isWanted(): boolean {
    return this.#isWanted
  }

  /** The newest message by somebody else that is here. */
  get newestOfOthers(): Stored | null {
    const meId = this.#with.me()?.id
    return this.timeline.items.findLast(({ userId }) => userId !== meId) ?? null
  }

  // What the app asks for.

  send(content: string, options: SendOptions = {}): Sending {
    const me = this.#with.me()
    const text = content.trim()
    if (text === '') throw new ParleyError('INVALID', 'There is nothing to send.')
    if (text.length > MAX_CONTENT)
      throw new ParleyError('TOO_LONG', `A message has at most ${MAX_CONTENT} characters.`)
    if (me === null) throw new ParleyError('OFFLINE', 'It is not known yet who sends this.')
    const key = options.clientMessageId ?? crypto.randomUUID()
    const stored = this.#with.outbox
      .add({ clientMessageId: key, channelId: this.id, content: text, parentId: options.parentId ?? null })
      .then(() => this.#messages.get().items.find((message) => message.key === key) as Message)
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
    const channel = this.#channel
    if (channel === null || channel.role === null) return
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

  members(
    cursor?: string,
  ): Promise<{ readonly members: readonly MemberJson[]; readonly nextCursor: string | null }> {
    return this.#with.history.members(this.id, cursor).then((page) => {
      const meId = this.#with.me()?.id
      for (const { user, deliveredSeq, readSeq } of page.members)
        if (user.id !== meId) this.#progress.raise(user.id, { deliveredSeq, readSeq }, null)
      this.#publish()
      return page
    })
  }

  loadOlder(): Promise<void> {
    if (this.timeline.from <= 1 && this.#isLoaded) return Promise.resolve()
    this.#loading ??= this.#loadPage().finally(() => {
      this.#loading = null
      this.#publish()
    })
    this.#publish()
    return this.#loading
  }

  async loadUntil(target: { readonly id: string } | { readonly seq: number }): Promise<string | null> {
    const isTarget = (one: Stored) => ('id' in target ? one.id === target.id : one.seq === target.seq)
    for (;;) {
      const found = this.timeline.items.find(isTarget)
      if (found !== undefined) return this.#viewOf(found).key
      const { from } = this.timeline
      if (from <= 1 || ('seq' in target && target.seq >= from)) return null
      await this.loadOlder()
      if (this.timeline.from === from) return null
    }
  }

  // What the server says.

  /** What a list or a resume says of it: positions included. */
  describe(channel: OwnChannelJson): void {
    const before = this.#channel
    // What is told late must not lead back.
    const readSeq = Math.max(before?.readSeq ?? 0, channel.readSeq)
    const isBehind = channel.readSeq < readSeq
    const meId = this.#with.me()?.id
    const later = this.timeline.items.filter(
      ({ seq, userId }) => seq > channel.seq && seq > readSeq && userId !== meId,
    )
    this.#channel = {
      ...channel,
      readSeq,
      unreadCount: channel.unreadCount + later.length,
      deliveredSeq: Math.max(before?.deliveredSeq ?? 0, channel.deliveredSeq),
      ...(isBehind ? { unreadCount: before?.unreadCount ?? 0, mentionCount: before?.mentionCount ?? 0 } : {}),
    }
    this.timeline.raiseHead(channel.seq)
    if (this.timeline.head === 0) this.#isLoaded = true
    this.#changed()
  }

  /** A change of the channel itself, without positions. */
  rename({ role, ...change }: ChannelJson): void {
    const channel = this.#channel
    if (channel === null) return
    // To each of the two, a direct conversation is called after the other.
    const name = channel.kind === 'direct' ? channel.name : change.name
    this.#channel = { ...channel, ...change, name, role: role === undefined ? channel.role : role }
    this.#changed()
  }

  /** Positions that were known count no more. */
  restart(channel: OwnChannelJson): void {
    this.revisions.restart(channel.rev)
    this.timeline.restart(channel.seq)
    this.#views = new WeakMap()
    this.#progress.clear()
    this.#channel = null
    this.#isLoaded = channel.seq === 0
    this.describe(channel)
    if (this.#isWanted) void this.loadOlder()
  }

  /** What was kept of it. */
  restore(channel: OwnChannelJson, rev: number, messages: readonly Stored[], activity: number): void {
    this.revisions.restart(rev)
    this.timeline.restart(channel.seq)
    this.timeline.putPage(messages)
    this.timeline.keepContiguous()
    this.#isLoaded = this.timeline.items.length > 0 || channel.seq === 0
    this.#activity = activity
    this.describe(channel)
  }

  set activity(activity: number) {
    this.#activity = activity
    this.#changed()
  }

  get activity(): number {
    return this.#activity
  }

  /** A message as an event or a resume brought it. True when it is a new one by somebody else. */
  take(message: Stored): boolean {
    const isNew = message.seq > this.timeline.head
    const wasKnown = this.timeline.find(message.id) !== undefined
    this.timeline.put(message)
    this.revisions.note(message.rev)
    const isOwn = message.userId === this.#with.me()?.id
    if (isOwn && message.clientMessageId !== undefined) this.#with.outbox.seen(message.clientMessageId)
    const channel = this.#channel
    const isUnread = !isOwn && !wasKnown && channel !== null && message.seq > channel.readSeq
    if (isNew) this.typists.stop(message.userId)
    if (isNew && channel !== null)
      this.#channel = { ...channel, seq: message.seq, unreadCount: channel.unreadCount + (isUnread ? 1 : 0) }
    return isNew && isUnread
  }

  /** What follows from any number of `take`s. */
  taken(): void {
    this.#changed()
    this.#with.onAttention(this)
  }

  /** Somebody's cursor, as it was before anybody listened. */
  member(userId: string, to: { readonly deliveredSeq: number; readonly readSeq: number }): void {
    if (userId === this.#with.me()?.id) this.readUpTo(to.readSeq)
    else this.reached(userId, to, null)
  }

  /** A resume was applied; `isWhole`: nothing is left to ask for. */
  resumed(isWhole: boolean): void {
    if (isWhole && !this.revisions.hasGap) {
      this.timeline.keepContiguous()
      this.#isLoaded = this.timeline.items.length > 0 || this.timeline.head === 0
    }
    this.taken()
    this.wake()
  }

  change(messageId: string, rev: number, to: (message: Stored) => Stored): void {
    this.timeline.change(messageId, rev, to)
    this.revisions.note(rev)
    this.#changed()
  }

  mention(): void {
    const channel = this.#channel
    if (channel !== null) this.#channel = { ...channel, mentionCount: channel.mentionCount + 1 }
  }

  /** Somebody else's cursor; `at` null: it was there before. */
  reached(
    userId: string,
    to: { readonly deliveredSeq?: number; readonly readSeq?: number },
    at: number | null,
  ): void {
    if (this.#progress.raise(userId, to, at)) this.#publish()
  }

  /** An author of a large channel hears of messages, not of cursors; by id. */
  receipt(messageId: string, userId: string, status: 'delivered' | 'read'): void {
    const seq = this.timeline.find(messageId)?.seq
    if (seq === undefined) return
    this.reached(
      userId,
      status === 'read' ? { readSeq: seq } : { deliveredSeq: seq },
      this.#with.environment.now(),
    )
  }

  /** One's own cursor, here or on another device. */
  readUpTo(seq: number): void {
    const channel = this.#channel
    if (channel === null || seq <= channel.readSeq) return
    const { head, from, items } = this.timeline
    const meId = this.#with.me()?.id
    const isCounted = seq >= head || from <= seq + 1
    const unreadCount = isCounted
      ? items.filter((one) => one.seq > seq && one.userId !== meId).length
      : Math.max(0, channel.unreadCount - (seq - channel.readSeq))
    this.#channel = {
      ...channel,
      readSeq: seq,
      unreadCount: seq >= head ? 0 : unreadCount,
      mentionCount: seq >= head || unreadCount === 0 ? 0 : Math.min(channel.mentionCount, unreadCount),
    }
    this.#changed()
  }

  deliveredUpTo(seq: number): void {
    const channel = this.#channel
    if (channel !== null && seq > channel.deliveredSeq) this.#channel = { ...channel, deliveredSeq: seq }
  }

  /** It is one's own no longer. */
  lose(): void {
    this.#channel = null
    this.timeline.restart(0)
    this.#isLoaded = false
    this.#isUnavailable = true
    this.typists.clear()
    this.#progress.clear()
    this.#changed()
  }

  /** The outbox or something else that is shown changed. */
  refresh(): void {
    this.#publish()
  }

  /** The connection is there: what could not be loaded can be now. */
  wake(): void {
    if (this.#isWanted && !this.#isLoaded) void this.loadOlder()
  }

  #want(isWanted: boolean): void {
    this.#isWanted = isWanted
    if (isWanted) this.wake()
    else if (!this.isFocused) this.timeline.trim(KEPT_UNSEEN)
    if (isWanted) this.#publish()
  }

  async #loadPage(): Promise<void> {
    const { from, head } = this.timeline
    try {
      const page = await this.#with.history.before(this.id, from)
      // It was begun anew meanwhile: this page is not the one before the first any more.
      if (this.timeline.from !== from && this.timeline.items.length === 0 && this.timeline.head !== head)
        return
      this.timeline.putPage(page)
      if (this.timeline.head > 0) this.timeline.keepContiguous()
      this.#isLoaded = true
      this.#isUnavailable = false
      this.#with.onChanged(this)
      this.#with.onAttention(this)
    } catch {
      this.#isUnavailable = !this.#isLoaded
    }
  }

  #changed(): void {
    this.#summarise()
    this.#publish()
    this.#with.onChanged(this)
  }

  #summarise(): void {
    const channel = this.#channel
    if (channel === null) {
      this.#summary.set(null)
      return
    }
    this.#summary.set({
      id: this.id,
      kind: channel.kind,
      name: channel.name ?? '',
      isPrivate: channel.isPrivate,
      role: channel.role,
      memberCount: channel.memberCount,
      peer: channel.peer ?? null,
      archivedAt: channel.archivedAt,
      seq: this.timeline.head,
      readSeq: channel.readSeq,
      unreadCount: channel.unreadCount,
      mentionCount: channel.mentionCount,
      activity: this.#activity,
    })
  }

  #viewOf(stored: Stored): Message {
    const meId = this.#with.me()?.id ?? ''
    const known = this.#views.get(stored)
    const { delivered, read } = this.#progress
    if (known !== undefined && !isOutdated(known, stored, { delivered, read })) return known
    const view = viewOfStored(stored, meId, { delivered, read })
    this.#views.set(stored, view)
    return view
  }

  #viewOfWaiting(record: OutboxRecord, me: Me): Message {
    const view = this.#waitingViews.get(record) ?? viewOfWaiting(record, me)
    this.#waitingViews.set(record, view)
    return view
  }

  #publish(): void {
    const { me, outbox } = this.#with
    const who = me()
    const { items, from } = this.timeline
    const waiting = who === null ? [] : outbox.of(this.id).map((record) => this.#viewOfWaiting(record, who))
    const list: MessageList = {
      items: [...items.map((one) => this.#viewOf(one)), ...waiting],
      hasOlder: from > 1,
      state: this.#isLoaded ? 'ready' : this.#isUnavailable ? 'unavailable' : 'loading',
      isLoadingOlder: this.#loading !== null,
    }
    if (!isSameList(list, this.#messages.get())) this.#messages.set(list)
  }
}

const isOutdated = (
  view: Message,
  { seq }: Stored,
  { delivered, read }: { readonly delivered: number; readonly read: number },
): boolean =>
  (view.status === 'sent' && seq <= delivered) ||
  ((view.status === 'sent' || view.status === 'delivered') && seq <= read)

const isSameList = (a: MessageList, b: MessageList): boolean =>
  a.hasOlder === b.hasOlder &&
  a.state === b.state &&
  a.isLoadingOlder === b.isLoadingOlder &&
  a.items.length === b.items.length &&
  a.items.every((item, index) => item === b.items[index])
