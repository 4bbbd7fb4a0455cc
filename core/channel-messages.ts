import {
  type EditMessage,
  Fault,
  newId,
  type ReactToMessage,
  type SendToChannel,
  type User,
} from '@parley/model'
import type { Audience } from './audience.ts'
import { type ConversationCache, peerIn } from './conversation-cache.ts'
import { countOrRefuse } from './count-or-refuse.ts'
import { type DirectMessages, requireContent } from './direct-messages.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Limits } from './limits.ts'
import { type MaybePromise, whenReady } from './maybe-promise.ts'
import type { Mentions } from './mentions.ts'
import {
  archived,
  type CheckedSend,
  type MessageSender,
  notAMember,
  type Sender,
  type SentMessage,
} from './message-sender.ts'
import type { ChangeOutcome, MessageChangeOp } from './ports/channel-ops.ts'
import type { ChannelMessageView, ConversationInfo } from './ports/channel-reads.ts'
import type { Clock } from './ports/clock.ts'
import type { Observer } from './ports/observer.ts'
import type { Store } from './ports/store.ts'
import { untilFresh } from './until-fresh.ts'

interface Dependencies {
  readonly store: Store
  readonly commits: GroupCommit
  readonly sender: MessageSender
  readonly direct: DirectMessages
  readonly conversations: ConversationCache
  readonly mentions: Mentions
  readonly audience: Audience
  readonly limits: Limits
  readonly clock: Clock
  readonly observer: Observer
}

/** A change that was stored: the message as it is now. */
export interface ChangedMessage {
  readonly messageId: string
  readonly conversationId: string
  readonly rev: number
  /** False: it was like that already, and nobody was told. */
  readonly isNew: boolean
}

/** Messages of channels, direct ones included: sent, edited, deleted, reacted to. */
export class ChannelMessages {
  readonly #with: Dependencies

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
  }

  /**
   * Everything that can be refused before the store is asked; membership is checked with the append itself.
   * Throws (or rejects with) a `Fault`.
   */
  checkSend(sender: Sender, command: SendToChannel, connectionId: string | null): MaybePromise<CheckedSend> {
    this.#count(sender)
    return whenReady(this.#with.conversations.find(command.channelId), (info) => {
      if (info === null) throw notAMember()
      return info.members === null
        ? this.#toChannel(sender, command, connectionId)
        : this.#toDirect(sender, info, command, connectionId)
    })
  }

  /** Stores, then tells. Resolves when the message is durable; rejects with a `Fault` when it is not known to be. */
  doSend(checked: CheckedSend): Promise<SentMessage> {
    return this.#with.sender.send(checked)
  }

  /** Checks and sends: for callers without a connection. */
  async send(sender: Sender, command: SendToChannel): Promise<SentMessage> {
    return this.doSend(await this.checkSend(sender, command, null))
  }

  /** Of one's own message. */
  async edit(actor: User, command: EditMessage, connectionId: string | null): Promise<ChangedMessage> {
    this.#count(actor)
    const view = await this.#with.store.message(command.messageId)
    if (view === null) throw messageNotFound()
    const { senderId, type } = view.message
    // Somebody else's is the store's to refuse, in words that depend on whether the actor may see it.
    if (senderId === actor.id && type !== 'call') requireContent(type, command.content)
    // In a direct conversation everything is for the other one: nothing there is a mention.
    const mentioned = view.receiverId === null ? await this.#with.mentions.find(command.content) : []
    return this.#change(connectionId, 'edited', {
      kind: 'edit-message',
      messageId: command.messageId,
      actorId: actor.id,
      content: command.content,
      mentioned,
      at: this.#with.clock.now(),
    })
  }

  /** One's own message; in a channel, its owner and its moderators may delete everyone's. */
  delete(actor: User, messageId: string, connectionId: string | null): Promise<ChangedMessage> {
    this.#count(actor)
    return untilFresh(async () => {
      const role = await this.#roleToDelete(actor, messageId)
      const expect = [{ userId: actor.id, role }]
      const at = this.#with.clock.now()
      return this.#change(connectionId, 'deleted', { kind: 'delete-message', messageId, expect, at })
    })
  }

  async react(
    actor: User,
    { messageId, emoji, on }: ReactToMessage,
    connectionId: string | null,
  ): Promise<ChangedMessage> {
    this.#count(actor)
    const at = this.#with.clock.now()
    const outcome = await this.#submit({ kind: 'react', messageId, userId: actor.id, emoji, on, at })
    const { message, place } = outcome
    if (outcome.kind === 'changed') {
      const { id, username, avatar } = actor
      const user = { id, username, avatar }
      const { conversationId, rev } = message
      const event = { type: 'reaction.changed', messageId, conversationId, user, emoji, on, rev } as const
      this.#with.audience.tell(place, event, connectionId)
    }
    return toChanged(outcome)
  }

  #count({ id }: User): void {
    const sentence = 'Too many messages, please slow down.'
    countOrRefuse(this.#with, { limit: 'channel', subject: id, sentence, who: { userId: id } })
  }

  #toDirect(
    sender: Sender,
    info: ConversationInfo,
    { content, parentId, clientMessageId }: SendToChannel,
    connectionId: string | null,
  ): MaybePromise<CheckedSend> {
    const receiverId = peerIn(info, sender.id)
    if (receiverId === null) throw notAMember()
    const command = { receiverId, content, messageType: 'text', clientMessageId, parentId } as const
    return this.#with.direct.checkReceiver(sender, command, connectionId)
  }

  #toChannel(
    sender: Sender,
    { channelId, content, parentId, clientMessageId }: SendToChannel,
    connectionId: string | null,
  ): MaybePromise<CheckedSend> {
    const createdAt = this.#with.clock.now()
    return whenReady(this.#with.mentions.find(content), (mentioned) => ({
      op: {
        kind: 'append-channel',
        messageId: newId(),
        channelId,
        senderId: sender.id,
        content,
        clientMessageId: clientMessageId ?? null,
        parentId: parentId ?? null,
        mentioned,
        createdAt,
      },
      sender,
      connectionId,
    }))
  }

  /** The role that the actor deletes with. */
  async #roleToDelete(actor: User, messageId: string) {
    const view = await this.#with.store.message(messageId)
    if (view === null || view.message.deletedAt !== null) throw messageNotFound()
    const channelId = view.message.conversationId
    const role = await this.#with.store.role({ channelId, userId: actor.id })
    if (role === null) throw messageNotFound()
    const isTheirs = view.message.senderId === actor.id
    if (!isTheirs && role === 'member')
      throw new Fault('FORBIDDEN', 'Only its author may delete this message')
    return role
  }

  async #change(
    connectionId: string | null,
    change: 'edited' | 'deleted',
    op: MessageChangeOp,
  ): Promise<ChangedMessage> {
    const outcome = await this.#submit(op)
    if (outcome.kind === 'changed') {
      const view = await this.#viewOf(op.messageId)
      if (view !== null)
        this.#with.audience.tell(
          outcome.place,
          { type: 'message.changed', change, view, rev: outcome.message.rev },
          connectionId,
        )
    }
    return toChanged(outcome)
  }

  /** Null when it cannot be read now: the change is stored all the same, and comes with the next `sync`. */
  async #viewOf(messageId: string): Promise<ChannelMessageView | null> {
    try {
      return await this.#with.store.message(messageId)
    } catch (error) {
      this.#with.observer.error('a change was stored and not told', error, { messageId })
      return null
    }
  }

  async #submit(op: MessageChangeOp): Promise<Extract<ChangeOutcome, { message: unknown }>> {
    const outcome = await this.#with.commits.submit(op)
    switch (outcome.kind) {
      case 'changed':
      case 'unchanged':
        return outcome
      case 'not-found':
        throw messageNotFound()
      case 'forbidden':
        throw new Fault('FORBIDDEN', 'Only its author may edit this message')
      case 'archived':
        throw archived()
      case 'too-many':
        throw new Fault('LIMIT_REACHED', 'This message has too many different reactions')
      case 'stale':
        throw new Fault('CONFLICT', 'Roles changed meanwhile. Try again.')
    }
  }
}

const messageNotFound = (): Fault => new Fault('NOT_FOUND', 'Message not found')

const toChanged = ({ kind, message }: Extract<ChangeOutcome, { message: unknown }>): ChangedMessage => ({
  messageId: message.id,
  conversationId: message.conversationId,
  rev: message.rev,
  isNew: kind === 'changed',
})
