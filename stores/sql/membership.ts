import type { ChannelRole } from '@parley/model'
import type { Database, Statement } from 'better-sqlite3'
import { CHANNEL_WRITE } from './channel-statements.ts'
import { MAX_CHANNELS_PER_USER } from './write-limits.ts'

interface CursorRow {
  readonly delivered_seq: number
  readonly read_seq: number
}

/** Lets users into channels and out of them, with the count that the channel keeps, inside the batch's transaction. */
export class Membership {
  readonly #nextJoinNo: Statement
  readonly #add: Statement
  readonly #remove: Statement
  readonly #count: Statement
  readonly #countChannels: Statement
  readonly #findFormer: Statement
  readonly #rememberFormer: Statement
  readonly #forgetFormer: Statement

  constructor(db: Database) {
    this.#nextJoinNo = db.prepare(CHANNEL_WRITE.nextJoinNo).pluck()
    this.#add = db.prepare(CHANNEL_WRITE.addMember)
    this.#remove = db.prepare(CHANNEL_WRITE.removeMember)
    this.#count = db.prepare(CHANNEL_WRITE.countMembers)
    this.#countChannels = db.prepare(CHANNEL_WRITE.countChannels).pluck()
    this.#findFormer = db.prepare(CHANNEL_WRITE.findFormer)
    this.#rememberFormer = db.prepare(CHANNEL_WRITE.rememberFormer)
    this.#forgetFormer = db.prepare(CHANNEL_WRITE.forgetFormer)
  }

  /** May the user be in one more channel? */
  hasRoom(userId: string): boolean {
    return (this.#countChannels.get(userId) as number) < MAX_CHANNELS_PER_USER
  }

  /** Makes somebody a member who is none. Who was one before goes on where they were. */
  add(channelId: string, userId: string, role: ChannelRole, at: number): void {
    const former = this.#findFormer.get(channelId, userId) as CursorRow | undefined
    if (former !== undefined) this.#forgetFormer.run(channelId, userId)
    const { delivered_seq, read_seq } = former ?? { delivered_seq: 0, read_seq: 0 }
    const joinNo = this.#nextJoinNo.get(channelId) as number
    this.#add.run(channelId, userId, delivered_seq, read_seq, at, role, joinNo)
    this.#count.run(1, channelId)
  }

  /** Ends a membership. What the user had taken stays known: a message does not become unread for its author. */
  remove(channelId: string, userId: string, { delivered_seq, read_seq }: CursorRow): void {
    this.#remove.run(channelId, userId)
    this.#rememberFormer.run(channelId, userId, delivered_seq, read_seq)
    this.#count.run(-1, channelId)
  }
}
