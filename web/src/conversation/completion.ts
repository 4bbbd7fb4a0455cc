/** What the word at the caret asks for. */
export interface CompletionRequest {
  readonly kind: 'person' | 'channel' | 'emoji'
  /** Without the sign before it. */
  readonly query: string
  /** Where the sign stands, and where the word ends: what is replaced. */
  readonly start: number
  readonly end: number
}

const KIND_OF: Readonly<Record<string, CompletionRequest['kind']>> = {
  '@': 'person',
  '#': 'channel',
  ':': 'emoji',
}

/** A sign at the beginning of a word, and what follows it up to the caret. */
const WORD = /(?:^|[\s(["'])([@#:])([\p{L}\p{N}_.+-]{0,50})$/u
/** A word this much before the caret (UTF-16 units) is no name. */
const REACH = 64
/** `:)` and times are no emoji: it needs this many letters. */
const MIN_EMOJI = 2

/** The beginning of a name of a person, channel or emoji before the caret; null: there is none. */
export const completionAt = (text: string, caret: number): CompletionRequest | null => {
  const before = text.slice(Math.max(0, caret - REACH), caret)
  const found = WORD.exec(before)
  if (found === null) return null
  const [, sign = '', query = ''] = found
  const kind = KIND_OF[sign]
  if (kind === undefined || (kind === 'emoji' && query.length < MIN_EMOJI)) return null
  return { kind, query, start: caret - query.length - 1, end: caret }
}

/** The text with the word replaced, and where the caret then is. A space follows, unless there is one. */
export const complete = (
  text: string,
  { start, end }: CompletionRequest,
  replacement: string,
): { readonly text: string; readonly caret: number } => {
  const rest = text.slice(end)
  const gap = /^\s/u.test(rest) ? '' : ' '
  const head = `${text.slice(0, start)}${replacement}${gap}`
  return { text: head + rest, caret: head.length + (gap === '' ? 1 : 0) }
}

/** Names that begin with the query first, then names that hold it. */
export const matchNames = <T>(
  candidates: readonly T[],
  query: string,
  nameOf: (candidate: T) => string,
  limit: number,
): readonly T[] => {
  const wanted = query.toLocaleLowerCase()
  const begin: T[] = []
  const hold: T[] = []
  for (const candidate of candidates) {
    const at = nameOf(candidate).toLocaleLowerCase().indexOf(wanted)
    if (at === 0) begin.push(candidate)
    else if (at > 0) hold.push(candidate)
    if (begin.length >= limit) break
  }
  return [...begin, ...hold].slice(0, limit)
}
