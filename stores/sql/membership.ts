import type { ChannelRole } from '@parley/model'
import { CHANNEL_WRITE } from './channel-statements.ts'
import { number, row, run, type Work } from './work.ts'
import type { WriteFlavour } from './write-flavour.ts'
import { MAX_CHANNELS_PER_USER } from './write-limits.ts'

interface CursorRow {
  readonly delivered_seq: number
  readonly read_seq: number
}

/** Lets users into channels and out of them, with the count that the channel keeps, inside the batch's transaction. */
export class Membership {
  readonly #lockUser: string | null

  constructor({ lockUser }: Pick<WriteFlavour, 'lockUser'>) {
    this.#lockUser = lockUser
  }

  /** Those of the users who may be in one more channel, in the order given. */
  *withRoom(userIds: readonly string[]): Work<string[]> {
    if (this.#lockUser !== null) {
      // In one order, so that no two batches wait for each other.
      for (const userId of [...userIds].sort()) yield* row(this.#lockUser, userId)
    }
    const found: string[] = []
    for (const userId of userIds) {
      if ((yield* number(CHANNEL_WRITE.countChannels, userId)) < MAX_CHANNELS_PER_USER) found.push(userId)
    }
    return found
  }

  /** Makes somebody a member who is none. Who was one before goes on where they were. */
  *add(channelId: string, userId: string, role: ChannelRole, at: number): Work<void> {
    const former = yield* row<CursorRow>(CHANNEL_WRITE.findFormer, channelId, userId)
    if (former !== undefined) yield* run(CHANNEL_WRITE.forgetFormer, channelId, userId)
    const { delivered_seq, read_seq } = former ?? { delivered_seq: 0, read_seq: 0 }
    const joinNo = yield* number(CHANNEL_WRITE.nextJoinNo, channelId)
    yield* run(CHANNEL_WRITE.addMember, channelId, userId, delivered_seq, read_seq, at, role, joinNo)
    yield* run(CHANNEL_WRITE.countMembers, 1, channelId)
  }

  /** Ends a membership. What the user had taken stays known: a message does not become unread for its author. */
  *remove(channelId: string, userId: string, { delivered_seq, read_seq }: CursorRow): Work<void> {
    yield* run(CHANNEL_WRITE.removeMember, channelId, userId)
    yield* run(CHANNEL_WRITE.rememberFormer, channelId, userId, delivered_seq, read_seq)
    yield* run(CHANNEL_WRITE.countMembers, -1, channelId)
  }
}
