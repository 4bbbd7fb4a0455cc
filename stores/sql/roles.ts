import type { ExpectedRoles } from '@parley/core'
import type { ChannelRole } from '@parley/model'
import { CHANNEL_WRITE } from './channel-statements.ts'
import { row, type Work } from './work.ts'

export interface MemberRow {
  readonly role: ChannelRole
  readonly join_no: number
  readonly delivered_seq: number
  readonly read_seq: number
}

/** What somebody is in a conversation, as of this moment of the transaction; undefined: no member. */
export const findMember = (conversationId: string, userId: string): Work<MemberRow | undefined> =>
  row<MemberRow>(CHANNEL_WRITE.findMember, conversationId, userId)

export function* areAsExpected(conversationId: string, expected: ExpectedRoles): Work<boolean> {
  for (const { userId, role } of expected) {
    if (((yield* findMember(conversationId, userId))?.role ?? null) !== role) return false
  }
  return true
}
