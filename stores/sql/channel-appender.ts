import type { Heads } from './heads.ts'
import { mentions } from './mention-writer.ts'
import { type Draft, digestOf, type MessageLog } from './message-log.ts'
import { has, type Work } from './work.ts'
import { type ChannelAppendTuple, OUTCOME, type OutcomeTuple } from './write-protocol.ts'
import { WRITE } from './write-statements.ts'

/**
 * Appends to channels, inside the batch's transaction: two statements for a message of a known channel that names nobody.
 * Membership is looked up each time: a point in the primary key, and nothing that could be out of date.
 */
export class ChannelAppender {
  readonly #heads: Heads
  readonly #log: MessageLog

  constructor(heads: Heads, log: MessageLog) {
    this.#heads = heads
    this.#log = log
  }

  *append(op: ChannelAppendTuple): Work<OutcomeTuple> {
    const [, channelId, messageId, senderId, content, clientId, parentId, mentioned, createdAt] = op
    const digest = clientId === null ? null : digestOf(channelId, 'text', content, parentId)
    const draft = {
      ...{ messageId, senderId, peerId: null, type: 'text', content, clientId, parentId, createdAt, digest },
    } satisfies Draft
    const head = this.#heads.knownById(channelId) ?? (yield* this.#heads.findById(channelId))
    // A repeat gets its answer whatever has become of the channel, and of the sender in it.
    if (head === undefined || head.directKey !== null || !(yield* has(WRITE.isMember, channelId, senderId))) {
      const earlier = yield* this.#log.earlier(draft, channelId)
      // "Reused" would tell a stranger that the channel exists.
      return earlier?.[0] === OUTCOME.repeated ? earlier : [OUTCOME.notAMember]
    }
    if (head.archivedAt !== null) return (yield* this.#log.earlier(draft, channelId)) ?? [OUTCOME.archived]
    if (parentId !== null && !(yield* this.#log.hasParent(head, parentId))) {
      return (yield* this.#log.earlier(draft, channelId)) ?? [OUTCOME.parentNotFound]
    }
    const added = yield* this.#log.add(head, draft)
    if (added !== true) return added
    const named =
      mentioned.length === 0 ? mentioned : yield* mentions.add(channelId, head.seq, mentioned, senderId)
    return [OUTCOME.appended, channelId, head.seq, head.rev, named]
  }
}
