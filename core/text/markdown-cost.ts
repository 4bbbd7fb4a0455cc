/**
 * What of a source makes a Markdown parser take more than linear time or stack, and how much of it people need.
 * Each number was measured with 4,096 units of nothing else.
 */
const MOST_OF_CHARACTER: ReadonlyMap<string, number> = new Map([
  ['*', 160],
  ['_', 160],
  ['~', 160],
  ['`', 256],
  ['[', 128],
  [']', 128],
  ['<', 128],
  ['@', 64],
  ['\\', 256],
  ['\n', 256],
  ['\r', 256],
])

/** Quotes and lists within each other at the beginning of one line. */
const MAX_NESTING = 16
/** Units without white space. */
const MAX_WORD = 1_024
/** Spaces, tabs or empty lines in a row. */
const MAX_GAP = 256

const LONG_WORD = new RegExp(`\\S{${MAX_WORD}}`)
const LONG_GAP = new RegExp(`\\s{${MAX_GAP}}`)
const MARKER = /[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]))/y

const nestsTooDeep = (line: string): boolean => {
  MARKER.lastIndex = 0
  let depth = 0
  while (depth <= MAX_NESTING && MARKER.test(line)) depth += 1
  return depth > MAX_NESTING
}

/** Whether a source is not to be given to the Markdown parser. Linear in its length. */
export const isCostlyMarkdown = (source: string): boolean => {
  const counts = new Map<string, number>()
  for (const character of source) {
    const most = MOST_OF_CHARACTER.get(character)
    if (most === undefined) continue
    const count = (counts.get(character) ?? 0) + 1
    if (count > most) return true
    counts.set(character, count)
  }
  return LONG_WORD.test(source) || LONG_GAP.test(source) || source.split(/[\r\n]/).some(nestsTooDeep)
}
