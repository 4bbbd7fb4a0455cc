import type { AnnouncedHead } from '../events.ts'

/** Most numbers of the log that one `logged` goes back over. */
export const MAX_LOGGED = 10_000

/**
 * The log of all messages: each has a number, given when it is stored. Numbers rise and have holes; of two batches that
 * were under way at once, the one with the higher numbers may be readable first.
 */
export interface LogReads {
  /** The highest number that can be read; 0: there is no message. */
  logEnd(): Promise<number>
  /**
   * The conversations of the messages numbered above `after` and up to `until`, deleted messages too, with the revisions
   * and the first position of those messages as they are now. Of more than `MAX_LOGGED` numbers the last ones.
   */
  logged(query: { after: number; until: number }): Promise<readonly AnnouncedHead[]>
}
