/** Words beyond these narrow nothing, and cost. */
const MAX_WORDS = 16
const MAX_WORD_LENGTH = 64
/** Shortest last word that also finds words it begins; the index keeps the beginnings of 2 and 3. */
const MIN_PREFIX = 2

/** The characters that the index makes words of; everything else parts them. */
const WORD = /[\p{L}\p{N}\p{Co}\p{M}]+/gu

/** The word in `scope` by which a user finds their own messages. Two users sharing one is harmless: membership is checked. */
const scopeWord = (userId: string): string => `u${userId.replace(/[^0-9A-Za-z]/g, '')}`

/** The word in `scope` of a channel's messages: its members come and go. */
const channelWord = (channelId: string): string => `c${channelId.replace(/[^0-9A-Za-z]/g, '')}`

/** The words under which a message is found: its channel's, or those of the two users. */
export function scopeOf(message: {
  readonly kind: string
  readonly conversation_id: string
  readonly sender_id: string
  readonly peer_id: string | null
}): string {
  if (message.kind !== 'direct') return channelWord(message.conversation_id)
  const own = scopeWord(message.sender_id)
  return message.peer_id === null ? own : `${own} ${scopeWord(message.peer_id)}`
}

/** The words of a text as an index keeps them: long ones as what they begin with. */
export const wordsOf = (text: string): string[] =>
  (text.match(WORD) ?? []).map((word) => word.slice(0, MAX_WORD_LENGTH))

/** What a search looks for. */
interface Sought {
  /** All of them must be there. */
  readonly words: readonly string[]
  /** The last one also as a beginning. */
  readonly isPrefix: boolean
  /** One of them must be there. */
  readonly scopes: readonly string[]
}

/**
 * The words of a text that is searched for, in the messages of one user or in one of these channels. Null when it holds no word.
 * Whatever the text is, it is never syntax: only words pass.
 */
export function soughtIn(text: string, userId: string, channelIds: readonly string[]): Sought | null {
  const words = wordsOf(text).slice(0, MAX_WORDS)
  const last = words.at(-1)
  if (last === undefined) return null
  const scopes = [scopeWord(userId), ...channelIds.map(channelWord)]
  return { words, isPrefix: last.length >= MIN_PREFIX, scopes }
}

/** What is sought as an expression of SQLite's full-text index, each word quoted. */
export function matchExpression(text: string, userId: string, channelIds: readonly string[]): string | null {
  const sought = soughtIn(text, userId, channelIds)
  if (sought === null) return null
  const quote = (word: string): string => `"${word}"`
  const terms = sought.words.map(quote)
  if (sought.isPrefix) terms[terms.length - 1] += '*'
  return `content : (${terms.join(' AND ')}) AND scope : (${sought.scopes.map(quote).join(' OR ')})`
}
