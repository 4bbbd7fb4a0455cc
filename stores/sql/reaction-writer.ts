import type { Database, Statement } from 'better-sqlite3'
import { CHANGE_WRITE } from './change-statements.ts'

/** Keeps the reactions of messages and their counts, inside the batch's transaction. */
export class ReactionWriter {
  readonly #find: Statement
  readonly #add: Statement
  readonly #remove: Statement
  readonly #removeAll: Statement
  readonly #countEmojis: Statement
  readonly #addEmoji: Statement
  readonly #countEmoji: Statement
  readonly #removeEmoji: Statement
  readonly #removeEmojis: Statement

  constructor(db: Database) {
    this.#find = db.prepare(CHANGE_WRITE.findReaction).pluck()
    this.#add = db.prepare(CHANGE_WRITE.addReaction)
    this.#remove = db.prepare(CHANGE_WRITE.removeReaction)
    this.#removeAll = db.prepare(CHANGE_WRITE.removeReactions)
    this.#countEmojis = db.prepare(CHANGE_WRITE.countEmojis).pluck()
    this.#addEmoji = db.prepare(CHANGE_WRITE.addEmoji)
    this.#countEmoji = db.prepare(CHANGE_WRITE.countEmoji)
    this.#removeEmoji = db.prepare(CHANGE_WRITE.removeEmoji)
    this.#removeEmojis = db.prepare(CHANGE_WRITE.removeEmojis)
  }

  /** The revision that a user's reaction made; undefined: there is none. */
  find(messageId: string, emoji: string, userId: string): number | undefined {
    return this.#find.get(messageId, emoji, userId) as number | undefined
  }

  /** Adds a reaction that is not there. False, with nothing written, when the emoji would be one more than `most`. */
  add(made: { messageId: string; emoji: string; userId: string; rev: number; most: number }): boolean {
    const { messageId, emoji, userId, rev, most } = made
    if (this.#countEmoji.run(1, messageId, emoji).changes === 0) {
      if ((this.#countEmojis.get(messageId) as number) >= most) return false
      this.#addEmoji.run(messageId, emoji, rev)
    }
    this.#add.run(messageId, emoji, rev, userId)
    return true
  }

  /** Takes away the reaction of that revision, and with the last one the emoji. */
  remove(messageId: string, emoji: string, rev: number): void {
    this.#remove.run(messageId, emoji, rev)
    this.#countEmoji.run(-1, messageId, emoji)
    this.#removeEmoji.run(messageId, emoji)
  }

  removeAll(messageId: string): void {
    this.#removeAll.run(messageId)
    this.#removeEmojis.run(messageId)
  }
}
