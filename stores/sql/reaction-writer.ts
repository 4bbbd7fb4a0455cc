import { CHANGE_WRITE } from './change-statements.ts'
import { number, row, run, type Work } from './work.ts'

/** Keeps the reactions of messages and their counts, inside the batch's transaction. */
export const reactions = {
  /** The revision that a user's reaction made; undefined: there is none. */
  *find(messageId: string, emoji: string, userId: string): Work<number | undefined> {
    return (yield* row<{ rev: number }>(CHANGE_WRITE.findReaction, messageId, emoji, userId))?.rev
  },

  /** Adds a reaction that is not there. False, with nothing written, when the emoji would be one more than `most`. */
  *add(made: { messageId: string; emoji: string; userId: string; rev: number; most: number }): Work<boolean> {
    const { messageId, emoji, userId, rev, most } = made
    if ((yield* run(CHANGE_WRITE.countEmoji, 1, messageId, emoji)) === 0) {
      if ((yield* number(CHANGE_WRITE.countEmojis, messageId)) >= most) return false
      yield* run(CHANGE_WRITE.addEmoji, messageId, emoji, rev)
    }
    yield* run(CHANGE_WRITE.addReaction, messageId, emoji, rev, userId)
    return true
  },

  /** Takes away the reaction of that revision, and with the last one the emoji. */
  *remove(messageId: string, emoji: string, rev: number): Work<void> {
    yield* run(CHANGE_WRITE.removeReaction, messageId, emoji, rev)
    yield* run(CHANGE_WRITE.countEmoji, -1, messageId, emoji)
    yield* run(CHANGE_WRITE.removeEmoji, messageId, emoji)
  },

  *removeAll(messageId: string): Work<void> {
    yield* run(CHANGE_WRITE.removeReactions, messageId)
    yield* run(CHANGE_WRITE.removeEmojis, messageId)
  },
}
