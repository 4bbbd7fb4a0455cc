import type { ChannelRole } from '@parley/model'
import { CHANNEL_WRITE, type MembershipStatements, membershipStatements } from './channel-statements.ts'
import { number, row, rows, run, type Work } from './work.ts'
import type { WriteFlavour } from './write-flavour.ts'
import { MAX_CHANNELS_PER_USER } from './write-limits.ts'

interface CursorRow {
  readonly delivered_seq: number
  readonly read_seq: number
}

interface UserRow {
  readonly user_id: string
}

/** Lets users into channels and out of them, with the count that the channel keeps, inside the batch's transaction. */
export class Membership {
  readonly #lock: string | null
  readonly #statements: MembershipStatements

  constructor({ lockMemberships, texts }: Pick<WriteFlavour, 'lockMemberships' | 'texts'>) {
    this.#lock = lockMemberships
    this.#statements = membershipStatements(texts)
  }

  /** Those of the users who are no members. */
  *strangers(channelId: string, userIds: readonly string[]): Work<string[]> {
    const listed = yield* rows<UserRow>(this.#statements.listAmong, channelId, JSON.stringify(userIds))
    const members = new Set(listed.map(({ user_id }) => user_id))
    return userIds.filter((userId) => !members.has(userId))
  }

  /** Those of the users who may be in one more channel, in the order given. */
  *withRoom(userIds: readonly string[]): Work<string[]> {
    if (this.#lock !== null) yield* row(this.#lock)
    const full = yield* rows<UserRow>(
      this.#statements.listFull,
      JSON.stringify(userIds),
      MAX_CHANNELS_PER_USER,
    )
    const without = new Set(full.map(({ user_id }) => user_id))
    return userIds.filter((userId) => !without.has(userId))
  }

  /** Makes members of users who are none. Who was one before goes on where they were. */
  *add(channelId: string, userIds: readonly string[], role: ChannelRole, at: number): Work<void> {
    if (userIds.length === 0) return
    const list = JSON.stringify(userIds)
    const former = yield* rows<UserRow & CursorRow>(this.#statements.listFormer, channelId, list)
    if (former.length > 0) yield* run(this.#statements.forgetFormer, channelId, list)
    const cursors = new Map(former.map((each) => [each.user_id, each]))
    let joinNo = yield* number(CHANNEL_WRITE.nextJoinNo, channelId)
    for (const userId of userIds) {
      const { delivered_seq, read_seq } = cursors.get(userId) ?? { delivered_seq: 0, read_seq: 0 }
      yield* run(CHANNEL_WRITE.addMember, channelId, userId, delivered_seq, read_seq, at, role, joinNo)
      joinNo += 1
    }
    yield* run(CHANNEL_WRITE.countMembers, userIds.length, channelId)
  }

  /** Ends a membership. What the user had taken stays known: a message does not become unread for its author. */
  *remove(channelId: string, userId: string, { delivered_seq, read_seq }: CursorRow): Work<void> {
    yield* run(CHANNEL_WRITE.removeMember, channelId, userId)
    yield* run(CHANNEL_WRITE.rememberFormer, channelId, userId, delivered_seq, read_seq)
    yield* run(CHANNEL_WRITE.countMembers, -1, channelId)
  }
}
