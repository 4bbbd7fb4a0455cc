import type { ChannelsJson } from '@parley/dialect-rest'
import type { ConversationList, ConversationSummary } from './api/conversation.ts'
import type { Me } from './api/parley.ts'
import type { OutboxRecord, Snapshot, UserStorage } from './api/storage.ts'
import type { Environment } from './environment.ts'
import type { Emit } from './events.ts'
import type { History } from './history.ts'
import type { Keeper } from './keeper.ts'
import { LiveConversation } from './live-conversation.ts'
import { asDeleted, viewOfStored, withReaction } from './message-view.ts'
import { Outbox, type SentAnswer } from './outbox.ts'
import type { ReceiptSender } from './receipt-sender.ts'
import { Resume } from './resume.ts'
import type { SocketPort } from './socket-port.ts'
import type { Stored } from './timeline.ts'
import { isSameList, Value } from './value.ts'

/** Most conversations that are asked about without being listed (somebody opened an id). */
const MAX_CONVERSATIONS = 2_000

interface Dependencies {
  readonly me: () => Me | null
  readonly socket: SocketPort
  readonly environment: Environment
  readonly history: History
  readonly receipts: ReceiptSender
  /** Null: it cannot be opened. Never rejects. */
  readonly storage: Promise<UserStorage | null>
  /** Null: nothing is kept. */
  readonly keeper: () => Keeper | null
  readonly emit: Emit
}

/** All conversations of the user: what events do to them, and the list of them. */
export class Conversations {
  readonly list = new Value<ConversationList>({ state: 'loading', items: [] })
  readonly unread = new Value({ messages: 0, mentions: 0 })
  readonly outbox: Outbox
  readonly #with: Dependencies
  readonly #byId = new Map<string, LiveConversation>()
  readonly #resume: Resume
  #isListed = false
  #isListDue = false
  #lastActivity = 0

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
    const { socket, environment, keeper, storage } = dependencies
    this.outbox = new Outbox({
      socket,
      environment,
      storage,
      afterKept: (run) => {
        const kept = keeper()
        if (kept === null) run()
        else kept.afterwards(run)
      },
      onChanged: (channelId) => this.get(channelId).feed.publish(),
      onStored: (record, answer, isSure) => this.#stored(record, answer, isSure),
    })
    this.#resume = new Resume({ ...dependencies, conversations: this })
    this.#listen()
  }

  get all(): Iterable<LiveConversation> {
    return this.#byId.values()
  }

  get(id: string): LiveConversation {
    const key = id.toLowerCase()
    const known = this.#byId.get(key)
    if (known !== undefined) return known
    if (this.#byId.size >= MAX_CONVERSATIONS) this.#dropOne()
    const conversation = new LiveConversation(key, {
      ...this.#with,
      outbox: this.outbox,
      onChanged: (changed) => this.#onChanged(changed),
      onAttention: (noticed) => this.#with.receipts.consider(noticed),
    })
    this.#byId.set(key, conversation)
    return conversation
  }

  /** What an earlier client of this user kept. */
  restore({ conversations, epoch }: Snapshot): void {
    for (const record of conversations) {
      this.get(record.channel.id).restore(record)
      this.#lastActivity = Math.max(this.#lastActivity, record.activity)
    }
    if (conversations.length === 0) return
    this.#resume.knowsList(epoch)
    this.listed()
  }

  /** They are known: from the server, or from what was kept. */
  listed(): void {
    this.#isListed = true
    this.#publishSoon()
  }

  /** What REST told of a channel that was made, joined or opened by this client. */
  adopt(channel: ChannelsJson['channels'][number]): LiveConversation {
    const conversation = this.get(channel.id)
    if (conversation.channel === null) {
      conversation.restart(channel)
      this.raise(conversation)
    } else conversation.describe(channel)
    return conversation
  }

  /** It has the newest activity of all. */
  raise(conversation: LiveConversation): void {
    this.#lastActivity = Math.max(this.#with.environment.now(), this.#lastActivity + 0.001)
    conversation.activity = this.#lastActivity
  }

  /** Somebody left it, or was put out. */
  remove(id: string, reason: 'left' | 'removed'): void {
    const conversation = this.#byId.get(id)
    if (conversation === undefined || conversation.channel === null) return
    conversation.lose()
    void this.#with.keeper()?.remove(id)
    this.#publishSoon()
    this.#with.emit('removed', { conversationId: id, reason })
  }

  /** What somebody's visibility changes. */
  attend(): void {
    for (const conversation of this.#byId.values())
      if (conversation.isFocused) this.#with.receipts.consider(conversation)
  }

  close(): void {
    this.#resume.close()
    this.outbox.close()
    for (const conversation of this.#byId.values()) {
      conversation.stopTyping()
      conversation.typists.clear()
    }
  }

  #listen(): void {
    const { socket, me } = this.#with
    const find = (id: string) => this.#byId.get(id)
    socket.on('message:new', (message) => this.#onMessage(message))
    socket.on('message:updated', ({ message }) => {
      const conversation = find(message.channelId)
      conversation?.take(message)
      conversation?.taken()
      this.#checkGap(conversation)
    })
    socket.on('message:deleted', ({ messageId, channelId, rev }) => {
      const at = new Date(this.#with.environment.now()).toISOString()
      find(channelId)?.change(messageId, rev, (message) => asDeleted(message, at))
      this.#checkGap(find(channelId))
    })
    socket.on('message:reaction', ({ messageId, channelId, rev, ...reaction }) => {
      find(channelId)?.change(messageId, rev, (message) => withReaction(message, reaction))
      this.#checkGap(find(channelId))
    })
    for (const status of ['delivered', 'read'] as const)
      socket.on(`message:${status}`, ({ messageId, channelId, userId }) =>
        find(channelId)?.receipt(messageId, userId, status),
      )
    socket.on('message:typing:start', ({ userId, channelId, name }) => {
      if (userId !== me()?.id) find(channelId)?.typists.start({ userId, name })
    })
    socket.on('message:typing:stop', ({ userId, channelId }) => find(channelId)?.typists.stop(userId))
    socket.on('channel:updated', ({ channel }) => {
      if (find(channel.id)?.rename(channel) !== true) this.#resume.soon()
    })
    socket.on('channel:removed', ({ channelId, reason }) => {
      this.remove(channelId, reason)
      // What a resume that is under way says of it may be of the past.
      this.#resume.soon()
    })
    socket.on('channel:activity', ({ channelId, seq }) => {
      const conversation = find(channelId)
      if (conversation?.channel == null || seq > conversation.timeline.head) this.#resume.soon()
    })
    socket.on('channel:read', ({ channelId, readSeq }) => {
      if (find(channelId)?.readUpTo(readSeq) === false) this.#resume.soon()
    })
    socket.onDisconnected(() => {
      for (const conversation of this.#byId.values()) {
        conversation.typists.clear()
        conversation.stopTyping()
      }
    })
  }

  #onMessage(message: Stored): void {
    const { me, emit } = this.#with
    const conversation = this.get(message.channelId)
    // Somebody wrote in a conversation that was not known: its facts come with a resume.
    if (conversation.channel === null) this.#resume.soon()
    const isNews = conversation.take(message)
    this.raise(conversation)
    conversation.taken()
    this.#checkGap(conversation)
    if (!isNews) return
    const isMention = conversation.isMention(message)
    emit('message', { message: viewOfStored(message, me()?.id ?? '', NOBODY), isMention })
  }

  /**
   * The acknowledgement is all that the sending socket hears of its message. One that was tried before may have been stored,
   * and changed, long ago: what it is now the server has to be asked.
   */
  #stored(record: OutboxRecord, answer: SentAnswer, isSure: boolean): Stored {
    const { clientMessageId, channelId, content, parentId } = record
    const { messageId: id, seq, rev, createdAt, contentHtml = '' } = answer
    const me = this.#with.me() as Me
    const conversation = this.get(channelId)
    const message: Stored = {
      ...{ id, channelId, seq, rev, createdAt, contentHtml, clientMessageId, content },
      source: content,
      messageType: 'text',
      userId: me.id,
      ...(parentId === null ? {} : { parentId }),
      updatedAt: createdAt,
      editedAt: null,
      deletedAt: null,
      deliveryStatus: 'SENT',
      user: { id: me.id, name: me.username, avatar: me.avatar },
    }
    if (isSure) conversation.take(message)
    else if (rev > conversation.revisions.known) {
      conversation.timeline.put(message)
      conversation.revisions.miss(rev)
    }
    this.raise(conversation)
    conversation.taken()
    this.#checkGap(conversation)
    return message
  }

  #checkGap(conversation: LiveConversation | undefined): void {
    if (conversation?.revisions.hasGap === true) this.#resume.later()
  }

  #onChanged(conversation: LiveConversation): void {
    this.#with.keeper()?.consider(conversation)
    this.#publishSoon()
  }

  /** Once for everything that one event, or one resume, changes. */
  #publishSoon(): void {
    if (this.#isListDue) return
    this.#isListDue = true
    queueMicrotask(() => {
      this.#isListDue = false
      this.#publish()
    })
  }

  #publish(): void {
    const items = [...this.#byId.values()]
      .map(({ summary }) => summary.get())
      .filter((one): one is ConversationSummary => one !== null && one.role !== null)
      .sort((a, b) => b.activity - a.activity || (a.id < b.id ? -1 : 1))
    const before = this.list.get()
    const state = this.#isListed ? 'ready' : 'loading'
    if (before.state !== state || !isSameList(before.items, items)) this.list.set({ state, items })
    const sums = { messages: 0, mentions: 0 }
    for (const { unreadCount, mentionCount } of items) {
      sums.messages += unreadCount
      sums.mentions += mentionCount
    }
    const told = this.unread.get()
    if (told.messages !== sums.messages || told.mentions !== sums.mentions) this.unread.set(sums)
  }

  /** One that nobody looks at and that is not in the list. */
  #dropOne(): void {
    for (const [id, conversation] of this.#byId) {
      if (conversation.feed.isWanted || conversation.channel !== null) continue
      this.#byId.delete(id)
      return
    }
  }
}

const NOBODY = { delivered: 0, read: 0 }
