import type { ExpectedRoles } from '@parley/core'
import type { ChannelRole } from '@parley/model'
import type { Database, Statement } from 'better-sqlite3'
import { CHANNEL_WRITE } from './channel-statements.ts'

interface MemberRow {
  readonly role: ChannelRole
  readonly join_no: number
  readonly delivered_seq: number
  readonly read_seq: number
}

/** Who is what in which conversation, as of this moment of the transaction. */
export class Roles {
  readonly #find: Statement

  constructor(db: Database) {
    this.#find = db.prepare(CHANNEL_WRITE.findMember)
  }

  find(conversationId: string, userId: string): MemberRow | undefined {
    return this.#find.get(conversationId, userId) as MemberRow | undefined
  }

  areAsExpected(conversationId: string, expected: ExpectedRoles): boolean {
    return expected.every(({ userId, role }) => (this.find(conversationId, userId)?.role ?? null) === role)
  }
}
