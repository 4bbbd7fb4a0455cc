import type { ChannelJson } from '@parley/dialect-channels'
import type { ChannelsJson } from '@parley/dialect-rest'
import { namesIn } from '@parley/model/mention-names'
import type { ConversationList, ConversationSummary } from './api/conversation.ts'
import type { Me } from './api/parley.ts'
import type { OutboxRecord, Snapshot } from './api/storage.ts'
import type { Environment } from './environment.ts'
import type { Emit } from './events.ts'
import type { History } from './history.ts'
import type { Http } from './http.ts'
import type { Keeper } from './keeper.ts'
import { LiveConversation } from './live-conversation.ts'
import { asDeleted, viewOfStored, withReaction } from './message-view.ts'
import { Outbox, type SentAnswer } from './outbox.ts'
import type { ReceiptSender } from './receipt-sender.ts'
import { Resume } from './resume.ts'
import type { SocketPort } from './socket-port.ts'
import type { Stored } from './timeline.ts'
import { Value } from './value.ts'

/** Most conversations that are asked about without being listed (somebody opened an id). */
const MAX_CONVERSATIONS = 2_000

interface Dependencies {
  readonly me: () => Me | null
  readonly socket: SocketPort
  readonly environment: Environment
  readonly http: Http
  readonly history: History
  readonly receipts: ReceiptSender
  readonly keeper: Keeper
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

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
    const { socket, environment, http, keeper } = dependencies
    this.outbox = new Outbox({
      socket,
      environment,
      storage: keeper.storage,
      onChanged: (channelId) => this.get(channelId).refresh(),
      onStored: (record, answer) => this.#stored(record, answer),
    })
    this.#resume = new Resume({ socket, environment, http, keeper, conversations: this })
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

  find(id: string): LiveConversation | undefined {
    return this.#byId.get(id)
  }

  /** What an earlier client of this user kept. */
  restore({ conversations }: Snapshot): void {
    for (const { channel, rev, messages, activity } of conversations)
      this.get(channel.id).restore(channel, rev, messages, activity)
    if (conversations.length === 0) return
    this.#resume.knowsList()
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
      conversation.activity = this.#with.environment.now()
    } else conversation.describe(channel)
    return conversation
  }

  /** Somebody left it, or was put out. */
  remove(id: string, reason: 'left' | 'removed'): void {
    const conversation = this.#byId.get(id)
    if (conversation === undefined || conversation.channel === null) return
    conversation.lose()
    void this.#with.keeper.remove(id)
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
    const { socket } = this.#with
    socket.on('message:new', (message) => this.#onMessage(message))
    socket.on('message:updated', ({ message }) => {
      const conversation = this.#byId.get(message.channelId)
      conversation?.take({ ...message, ...ownIdOf(conversation, message) })
      conversation?.taken()
      this.#checkGap(message.channelId)
    })
    socket.on('message:deleted', ({ messageId, channelId, rev }) => {
      const at = new Date(this.#with.environment.now()).toISOString()
      this.#byId.get(channelId)?.change(messageId, rev, (message) => asDeleted(message, at))
      this.#checkGap(channelId)
    })
    socket.on('message:reaction', ({ messageId, channelId, rev, ...reaction }) => {
      this.#byId.get(channelId)?.change(messageId, rev, (message) => withReaction(message, reaction))
      this.#checkGap(channelId)
    })
    socket.on('message:delivered', ({ messageId, channelId, userId }) =>
      this.#byId.get(channelId)?.receipt(messageId, userId, 'delivered'),
    )
    socket.on('message:read', ({ messageId, channelId, userId }) =>
      this.#byId.get(channelId)?.receipt(messageId, userId, 'read'),
    )
    socket.on('message:typing:start', ({ userId, channelId, name }) => {
      if (userId !== this.#with.me()?.id) this.#byId.get(channelId)?.typists.start({ userId, name })
    })
    socket.on('message:typing:stop', ({ userId, channelId }) =>
      this.#byId.get(channelId)?.typists.stop(userId),
    )
    socket.on('channel:updated', ({ channel }) => this.#onUpdated(channel))
    socket.on('channel:removed', ({ channelId, reason }) => this.remove(channelId, reason))
    socket.on('channel:activity', ({ channelId, seq }) => {
      const conversation = this.#byId.get(channelId)
      if (conversation?.channel == null || seq > conversation.timeline.head) this.#resume.soon(channelId)
    })
    socket.on('channel:read', ({ channelId, readSeq }) => this.#byId.get(channelId)?.readUpTo(readSeq))
    socket.onDisconnected(() => {
      for (const { typists } of this.#byId.values()) typists.clear()
    })
  }

  #onMessage(message: Stored): void {
    const { me, environment, emit } = this.#with
    const conversation = this.get(message.channelId)
    if (conversation.channel === null) {
      // Somebody wrote in a conversation that was not known: its facts come with a resume.
      this.#resume.soon(message.channelId)
    }
    const isNews = conversation.take(message)
    const isMention = isNews && namesIn(message.source).includes((me()?.username ?? '').toLowerCase())
    if (isMention) conversation.mention()
    conversation.activity = environment.now()
    conversation.taken()
    this.#checkGap(message.channelId)
    if (isNews) emit('message', { message: viewOfStored(message, me()?.id ?? '', NOBODY), isMention })
  }

  #onUpdated(channel: ChannelJson): void {
    const conversation = this.#byId.get(channel.id)
    if (conversation?.channel == null) this.#resume.soon(channel.id)
    else conversation.rename(channel)
  }

  /** The acknowledgement is all that the sending socket hears of its message. */
  #stored({ clientMessageId, channelId, content, parentId }: OutboxRecord, answer: SentAnswer): void {
    const me = this.#with.me()
    if (me === null) return
    const conversation = this.get(channelId)
    conversation.take({
      id: answer.messageId,
      content,
      source: content,
      contentHtml: answer.contentHtml ?? '',
      messageType: 'text',
      channelId,
      userId: me.id,
      ...(parentId === null ? {} : { parentId }),
      createdAt: answer.createdAt,
      updatedAt: answer.createdAt,
      editedAt: null,
      deletedAt: null,
      deliveryStatus: 'SENT',
      seq: answer.seq,
      rev: answer.rev,
      clientMessageId,
      user: { id: me.id, name: me.username, avatar: me.avatar },
    })
    // Who writes has read what is there.
    conversation.readUpTo(answer.seq)
    conversation.activity = this.#with.environment.now()
    conversation.taken()
    this.#checkGap(channelId)
  }

  #checkGap(channelId: string): void {
    if (this.#byId.get(channelId)?.revisions.hasGap === true) this.#resume.later(channelId)
  }

  #onChanged(conversation: LiveConversation): void {
    this.#with.keeper.consider(conversation)
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
    const isSame =
      before.state === state &&
      before.items.length === items.length &&
      items.every((item, index) => item === before.items[index])
    if (!isSame) this.list.set({ state, items })
    const messages = items.reduce((sum, { unreadCount }) => sum + unreadCount, 0)
    const mentions = items.reduce((sum, { mentionCount }) => sum + mentionCount, 0)
    const told = this.unread.get()
    if (told.messages !== messages || told.mentions !== mentions) this.unread.set({ messages, mentions })
  }

  /** One that nobody looks at and that is not in the list. */
  #dropOne(): void {
    for (const [id, conversation] of this.#byId) {
      if (conversation.isWanted || conversation.channel !== null) continue
      this.#byId.delete(id)
      return
    }
  }
}

const NOBODY = { delivered: 0, read: 0 }

/** Changes are told to everybody alike, and so without anybody's client id. */
const ownIdOf = (conversation: LiveConversation, { id }: Stored): Pick<Stored, 'clientMessageId'> => {
  const known = conversation.timeline.find(id)?.clientMessageId
  return known === undefined ? {} : { clientMessageId: known }
}
