import { CHANNEL_WRITE } from './channel-statements.ts'
import { run, type Work } from './work.ts'

/** Notes who a message names, inside the batch's transaction. */
export const mentions = {
  /** Answers those of the named who are members, and not the sender. */
  *add(
    conversationId: string,
    seq: number,
    named: readonly string[],
    senderId: string,
  ): Work<readonly string[]> {
    const noted: string[] = []
    for (const userId of named) {
      if (userId === senderId) continue
      if ((yield* run(CHANNEL_WRITE.addMention, seq, conversationId, userId)) > 0) noted.push(userId)
    }
    return noted
  },

  /** Takes back the mentions of one message. */
  *remove(conversationId: string, seq: number): Work<void> {
    yield* run(CHANNEL_WRITE.removeMentions, conversationId, seq)
  },

  /** Takes back all mentions of one user. */
  *removeOf(conversationId: string, userId: string): Work<void> {
    yield* run(CHANNEL_WRITE.removeMentionsOf, conversationId, userId)
  },
}
