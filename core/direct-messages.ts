import { Fault, MAX_DIRECT_CONTENT, type Message, newId, type SendDirect, type User } from '@parley/model'
import type { EventHub } from './event-hub.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Limits } from './limits.ts'
import { type MaybePromise, whenReady } from './maybe-promise.ts'
import type { Clock } from './ports/clock.ts'
import type { Observer } from './ports/observer.ts'
import type { AppendDirect, DirectoryUser, DirectSummary, MessageView, Page, Store } from './ports/store.ts'
import type { Typing } from './typing.ts'
import type { UserCache } from './user-cache.ts'

/** Who sends: the user, what they may, and the connection that must not hear its own message back. */
export interface Sender extends User {
  readonly role: 'user' | 'admin' | 'guest'
}

/** A send that passed every check; only `doSend` makes something of it. */
export interface CheckedSend {
  readonly op: AppendDirect
  readonly sender: Sender
  readonly connectionId: string | null
}

export interface SentMessage {
  readonly message: Message
  readonly sender: User
  /** True when this client id was stored before: nothing was stored or delivered again. */
  readonly repeated: boolean
}

interface Dependencies {
  readonly store: Store
  readonly commits: GroupCommit
  readonly hub: EventHub
  readonly users: UserCache
  readonly limits: Limits
  readonly typing: Typing
  readonly clock: Clock
  readonly observer: Observer
}

/** Direct messages: from one user to another, stored before they are acknowledged. */
export class DirectMessages {
  readonly #with: Dependencies

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
  }

  /**
   * Everything that can be refused, before anything is written: guests, oneself, the limit, the receiver.
   * Throws (or rejects with) a `Fault`.
   */
  checkSend(sender: Sender, command: SendDirect, connectionId: string | null): MaybePromise<CheckedSend> {
    const { limits, users, clock, observer } = this.#with
    if (sender.role === 'guest') {
      throw new Fault('FORBIDDEN', 'Guests cannot send direct messages. Sign up first.')
    }
    if (command.receiverId === sender.id) throw new Fault('SELF_MESSAGE', 'Cannot send message to yourself')
    if (command.content.length > MAX_DIRECT_CONTENT) {
      throw new Fault('TOO_LONG', `Message too long (max ${MAX_DIRECT_CONTENT} characters)`)
    }
    if (command.messageType !== 'text' && !isWebAddress(command.content)) {
      throw new Fault('INVALID', `The content of a message of type ${command.messageType} must be a URL`)
    }
    const limit = limits.hit('chat', sender.id)
    if (!limit.ok) {
      observer.audit('limit reached', { limit: 'chat', userId: sender.id })
      throw new Fault('RATE_LIMITED', 'Too many messages. Slow down.', limit)
    }
    return whenReady(users.find(command.receiverId), (receiver) => {
      if (!canReceive(receiver)) throw new Fault('RECEIVER_NOT_FOUND', 'Receiver not found')
      return { op: toAppend(sender, command, receiver.id, clock.now()), sender, connectionId }
    })
  }

  /** Stores, then tells. Resolves when the message is durable; rejects with a `Fault` when it is not known to be. */
  async doSend(checked: CheckedSend): Promise<SentMessage> {
    const { commits, hub, typing, observer } = this.#with
    const { op, sender, connectionId } = checked
    const user: User = { id: sender.id, username: sender.username, avatar: sender.avatar }
    typing.stop(user, op.receiverId)
    const began = performance.now()
    const outcome = await commits.submit(op)
    observer.observe('parley_send_seconds', (performance.now() - began) / 1_000)
    switch (outcome.kind) {
      case 'client-id-reused':
        throw new Fault('CLIENT_ID_REUSED', 'clientMessageId was used for another message')
      case 'parent-not-found':
        throw new Fault('NOT_FOUND', 'The message you reply to is not in this conversation')
      case 'repeated':
        return { message: outcome.message, sender: user, repeated: true }
      case 'appended': {
        const { message } = outcome
        const event = { type: 'message.created', message, sender: user, receiverId: op.receiverId } as const
        hub.publish(`user:${op.receiverId}`, event)
        hub.publish(`user:${sender.id}`, event, connectionId)
        observer.count('parley_messages_total', { kind: 'direct' })
        observer.debug('message sent', {
          connectionId,
          userId: sender.id,
          messageId: message.id,
          channelId: message.conversationId,
        })
        return { message, sender: user, repeated: false }
      }
    }
  }

  /** Checks and sends: for callers without a connection. */
  async send(sender: Sender, command: SendDirect): Promise<SentMessage> {
    return this.doSend(await this.checkSend(sender, command, null))
  }

  /** Newest first. */
  history(
    userId: string,
    peerId: string,
    page: { before?: number; limit: number },
  ): Promise<Page<MessageView, number>> {
    return this.#with.store.directHistory({ userId, peerId, ...page })
  }

  conversations(
    userId: string,
    page: { after?: string; limit: number },
  ): Promise<Page<DirectSummary, string>> {
    return this.#with.store.directConversations({ userId, ...page })
  }

  search(
    userId: string,
    query: { text: string; after?: string; limit: number },
  ): Promise<Page<MessageView, string>> {
    return this.#with.store.search({ userId, ...query })
  }

  /** What no client of the user has taken yet, oldest first. */
  waiting(userId: string, limit: number): Promise<readonly MessageView[]> {
    return this.#with.store.waiting({ userId, limit })
  }
}

const canReceive = (receiver: DirectoryUser | null): receiver is DirectoryUser =>
  receiver !== null && !receiver.disabled && receiver.role !== 'guest'

/** Resolves to http(s), absolute or relative to the server: never `javascript:` or `data:`. */
const isWebAddress = (content: string): boolean => {
  const base = 'http://parley.invalid'
  if (!URL.canParse(content, base)) return false
  const { protocol } = new URL(content, base)
  return protocol === 'http:' || protocol === 'https:'
}

const toAppend = (sender: Sender, command: SendDirect, receiverId: string, now: number): AppendDirect => ({
  kind: 'append-direct',
  messageId: newId(),
  newConversationId: newId(),
  senderId: sender.id,
  receiverId,
  type: command.messageType,
  content: command.content,
  clientMessageId: command.clientMessageId ?? null,
  parentId: command.parentId ?? null,
  createdAt: now,
})
