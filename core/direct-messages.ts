import { Fault, MAX_DIRECT_CONTENT, type MessageType, newId, type SendDirect } from '@parley/model'
import { countOrRefuse } from './count-or-refuse.ts'
import type { Limits } from './limits.ts'
import { type MaybePromise, whenReady } from './maybe-promise.ts'
import type { CheckedSend, MessageSender, Sender, SentMessage } from './message-sender.ts'
import type { Clock } from './ports/clock.ts'
import type { AppendDirect } from './ports/message-ops.ts'
import type { Observer } from './ports/observer.ts'
import type { DirectoryUser, DirectSummary, MessageView, Page, Store } from './ports/store.ts'
import type { UserCache } from './user-cache.ts'

/** A direct message that passed every check. */
export type CheckedDirect = CheckedSend<AppendDirect>

interface Dependencies {
  readonly store: Store
  readonly sender: MessageSender
  readonly users: UserCache
  readonly limits: Limits
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
  checkSend(sender: Sender, command: SendDirect, connectionId: string | null): MaybePromise<CheckedDirect> {
    if (sender.role === 'guest') {
      throw new Fault('FORBIDDEN', 'Guests cannot send direct messages. Sign up first.')
    }
    if (command.receiverId === sender.id) throw new Fault('SELF_MESSAGE', 'Cannot send message to yourself')
    if (command.content.length > MAX_DIRECT_CONTENT) {
      throw new Fault('TOO_LONG', `Message too long (max ${MAX_DIRECT_CONTENT} characters)`)
    }
    requireContent(command.messageType, command.content)
    const sentence = 'Too many messages. Slow down.'
    countOrRefuse(this.#with, { limit: 'chat', subject: sender.id, sentence, who: { userId: sender.id } })
    return this.checkReceiver(sender, command, connectionId)
  }

  /** The last of the checks, for callers that made the others in their own words and limits: may the receiver be written to? */
  checkReceiver(
    sender: Sender,
    command: SendDirect,
    connectionId: string | null,
  ): MaybePromise<CheckedDirect> {
    const { users, clock } = this.#with
    return whenReady(users.find(command.receiverId), (receiver) => {
      if (!canReceive(receiver)) throw new Fault('RECEIVER_NOT_FOUND', 'Receiver not found')
      return { op: toAppend(sender, command, receiver.id, clock.now()), sender, connectionId }
    })
  }

  /** Stores, then tells. Resolves when the message is durable; rejects with a `Fault` when it is not known to be. */
  doSend(checked: CheckedDirect): Promise<SentMessage> {
    return this.#with.sender.send(checked)
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

/** The content of every type but text is an address: also after an edit. */
export const requireContent = (type: MessageType, content: string): void => {
  if (type !== 'text' && !isWebAddress(content)) {
    throw new Fault('INVALID', `The content of a message of type ${type} must be a URL`)
  }
}

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
