import { Fault, type Message, type User } from '@parley/model'
import type { Activity } from './activity.ts'
import type { Audience, Told } from './audience.ts'
import type { GroupCommit } from './group-commit.ts'
import type { AppendToChannel } from './ports/channel-ops.ts'
import type { AppendDirect } from './ports/message-ops.ts'
import type { Observer } from './ports/observer.ts'
import type { Typing } from './typing.ts'

/** Who sends: the user, and what they may. */
export interface Sender extends User {
  readonly role: 'user' | 'admin' | 'guest'
}

/** A send that passed every check; only `MessageSender.send` makes something of it. */
export interface CheckedSend<Op extends AppendDirect | AppendToChannel = AppendDirect | AppendToChannel> {
  readonly op: Op
  readonly sender: Sender
  /** The connection that must not hear its own message back; null: none. */
  readonly connectionId: string | null
}

export interface SentMessage {
  readonly message: Message
  readonly sender: User
  /** The other member of a direct conversation; null in a channel. */
  readonly receiverId: string | null
  /** True when this client id was stored before: nothing was stored or delivered again. */
  readonly repeated: boolean
}

interface Dependencies {
  readonly commits: GroupCommit
  readonly audience: Audience
  readonly activity: Activity
  readonly typing: Typing
  readonly observer: Observer
}

/** The one way of a message into a conversation: stored, then acknowledged and told. */
export class MessageSender {
  readonly #with: Dependencies

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
  }

  /** Resolves when the message is durable; rejects with a `Fault` when it is not known to be. */
  async send({ op, sender, connectionId }: CheckedSend): Promise<SentMessage> {
    const { commits, typing, observer } = this.#with
    const user: User = { id: sender.id, username: sender.username, avatar: sender.avatar }
    const receiverId = op.kind === 'append-direct' ? op.receiverId : null
    typing.stop(
      user,
      op.kind === 'append-direct' ? { directWith: op.receiverId } : { channelId: op.channelId },
    )
    const began = performance.now()
    const outcome = await commits.submit(op)
    observer.observe('parley_send_seconds', (performance.now() - began) / 1_000)
    switch (outcome.kind) {
      case 'client-id-reused':
        throw new Fault('CLIENT_ID_REUSED', 'clientMessageId was used for another message')
      case 'parent-not-found':
        throw new Fault('NOT_FOUND', 'The message you reply to is not in this conversation')
      case 'not-a-member':
        throw notAMember()
      case 'archived':
        throw archived()
      case 'repeated':
        return { message: outcome.message, sender: user, receiverId, repeated: true }
      case 'appended': {
        const { message } = outcome
        this.#tell({
          message,
          sender: user,
          receiverId,
          connectionId,
          mentioned: 'mentioned' in outcome ? outcome.mentioned : [],
        })
        return { message, sender: user, receiverId, repeated: false }
      }
    }
  }

  #tell(sent: {
    message: Message
    sender: User
    receiverId: string | null
    connectionId: string | null
    mentioned: readonly string[]
  }): void {
    const { audience, activity, observer } = this.#with
    const { message, sender, receiverId, connectionId, mentioned } = sent
    const place = placeOf(message, sender, receiverId)
    audience.tell(place, { type: 'message.created', message, sender, receiverId }, connectionId)
    activity.message(place, message.seq, mentioned)
    observer.count('parley_messages_total', { kind: receiverId === null ? 'channel' : 'direct' })
    observer.debug('message sent', {
      connectionId,
      userId: sender.id,
      messageId: message.id,
      channelId: message.conversationId,
    })
  }
}

const placeOf = ({ conversationId }: Message, { id }: User, receiverId: string | null): Told => ({
  conversationId,
  members: receiverId === null ? null : [receiverId, id],
})

/** The same for a channel that is not there: a stranger learns nothing. */
export const notAMember = (): Fault => new Fault('NOT_A_MEMBER', 'Not a member of this channel')

export const archived = (): Fault => new Fault('ARCHIVED', 'This channel is archived')
