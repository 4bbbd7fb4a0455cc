/** As the server's index parts a text (stores/sql/search-text.ts). */
const WORD = /[\p{L}\p{N}\p{Co}\p{M}]+/gu
/** Words that a search takes; more narrow nothing. */
const MAX_WORDS = 16
/** Shortest last word that also finds words it begins. */
const MIN_PREFIX = 2

/** Case and accents do not count. */
const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLocaleLowerCase()

/** The words of a search; none: there is nothing to look for. */
export const wordsOf = (text: string): readonly string[] =>
  (text.match(WORD) ?? []).slice(0, MAX_WORDS).map(folded)

/** A piece of a text; `isHit`: it was searched for. */
export interface Piece {
  readonly text: string
  readonly isHit: boolean
}

const isHit = (word: string, wanted: readonly string[]): boolean => {
  const text = folded(word)
  const last = wanted.at(-1)
  if (wanted.includes(text)) return true
  return last !== undefined && last.length >= MIN_PREFIX && text.startsWith(last)
}

/** A text in pieces, so that the words one looked for can be marked. Joined they are the text. */
export const piecesOf = (text: string, wanted: readonly string[]): readonly Piece[] => {
  const pieces: Piece[] = []
  let plainFrom = 0
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (!isHit(word, wanted)) continue
    if (index > plainFrom) pieces.push({ text: text.slice(plainFrom, index), isHit: false })
    pieces.push({ text: word, isHit: true })
    plainFrom = index + word.length
  }
  if (plainFrom < text.length) pieces.push({ text: text.slice(plainFrom), isHit: false })
  return pieces
}

/** Markdown as it reads: an excerpt is one line of plain text. Signs without a partner stay. */
export const plainOf = (source: string): string =>
  source
    .replace(/^(?:#{1,6}|>|```.*)[ \t]*/gmu, '')
    .replace(/!?\[([^\]\n]{1,500})\]\([^)\s]{1,2000}\)/gu, '$1')
    .replace(/(\*\*|~~|`)(\S(?:[^\n]{0,500}?\S)?)\1/gu, '$2')

/** How much of a long message is shown, and how much of that before the first hit. */
const EXCERPT = 280
const BEFORE = 60

const toWordStart = (text: string, from: number): number => {
  if (from <= 0) return 0
  const gap = text.indexOf(' ', from)
  return gap === -1 || gap - from > 20 ? from : gap + 1
}

/** The part of a text around the first word that was looked for, on one line of spaces. */
export const excerptOf = (text: string, wanted: readonly string[]): string => {
  const line = plainOf(text).replace(/\s+/gu, ' ').trim()
  if (line.length <= EXCERPT) return line
  let first = 0
  for (const { 0: word, index } of line.matchAll(WORD)) {
    if (!isHit(word, wanted)) continue
    first = index
    break
  }
  const from = toWordStart(line, first - BEFORE)
  const to = Math.min(line.length, from + EXCERPT)
  // Never through the middle of a character of two units.
  const part = line.slice(from, to).replace(/^[\uDC00-\uDFFF]|[\uD800-\uDBFF]$/gu, '')
  return `${from > 0 ? '… ' : ''}${part}${to < line.length ? ' …' : ''}`
}
