/** A direct conversation is a channel of two. */
export type ConversationKind = 'direct' | 'channel'

/** A member's two cursors. Both only rise, and are never above the conversation's `seq`. */
export interface Cursors {
  /** Every message up to here was taken by one of the member's clients, or read. */
  readonly deliveredSeq: number
  /** Every message up to here was read. Never above `deliveredSeq`. */
  readonly readSeq: number
}

/** The one direct conversation of two users, whoever asks first. */
export const directKey = (a: string, b: string): string => (a < b ? `${a}:${b}` : `${b}:${a}`)

/** The two users of a direct conversation, by its key. */
export const directPair = (key: string): readonly [string, string] => {
  const middle = key.indexOf(':')
  return [key.slice(0, middle), key.slice(middle + 1)]
}
