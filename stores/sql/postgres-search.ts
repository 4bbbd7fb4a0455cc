import { soughtIn, wordsOf } from './search-text.ts'

/** The tables of Unicode's marks tell accents apart from letters once both are apart. */
const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .normalize('NFC')
    .toLowerCase()

/** Words are letters and digits alone, so that nothing in a quoted one ends it; `#` begins a scope, and no word. */
const quoted = (word: string): string => `'${word}'`
const scoped = (word: string): string => `'#${word}'`

/** The words of a message and the scopes in which it is found, as PostgreSQL reads a `tsvector`. */
export const tsvectorOf = (content: string, scope: string): string =>
  [...[...new Set(wordsOf(fold(content)))].map(quoted), ...scope.split(' ').map(scoped)].join(' ')

/** The same as `matchExpression` for SQLite, as PostgreSQL reads a `tsquery`. */
export function tsqueryOf(text: string, userId: string, channelIds: readonly string[]): string | null {
  const sought = soughtIn(fold(text), userId, channelIds)
  if (sought === null) return null
  const terms = sought.words.map(quoted)
  if (sought.isPrefix) terms[terms.length - 1] += ':*'
  return `${terms.join(' & ')} & (${sought.scopes.map(scoped).join(' | ')})`
}
