import type { Database, Statement } from 'better-sqlite3'
import { CHANNEL_WRITE } from './channel-statements.ts'

/** Notes who a message names, inside the batch's transaction. */
export class MentionWriter {
  readonly #add: Statement
  readonly #remove: Statement
  readonly #removeOf: Statement

  constructor(db: Database) {
    this.#add = db.prepare(CHANNEL_WRITE.addMention)
    this.#remove = db.prepare(CHANNEL_WRITE.removeMentions)
    this.#removeOf = db.prepare(CHANNEL_WRITE.removeMentionsOf)
  }

  /** Answers those of the named who are members, and not the sender. */
  add(conversationId: string, seq: number, named: readonly string[], senderId: string): readonly string[] {
    return named.filter(
      (userId) => userId !== senderId && this.#add.run(seq, conversationId, userId).changes > 0,
    )
  }

  /** Takes back the mentions of one message. */
  remove(conversationId: string, seq: number): void {
    this.#remove.run(conversationId, seq)
  }

  /** Takes back all mentions of one user. */
  removeOf(conversationId: string, userId: string): void {
    this.#removeOf.run(conversationId, userId)
  }
}
