/**
 * A text as a browser comes to read it when it resolves names and addresses: ASCII lower case, numeric and the few
 * named character references resolved, control, zero-width and other unseen characters left out, every kind of line
 * break and tab one `\n`, every space one ` `. Each character knows which part of the text it came from.
 *
 * References to `<`, `>`, `=`, `"`, `'` and `&` are never markup; they read as U+FFFD.
 */
export interface ReadableText {
  readonly characters: string
  /** The same with every reference unresolved, U+FFFD: there are none in names of tags and attributes. */
  readonly names: string
  /** Where the character at an index begins in the text. */
  readonly starts: Uint32Array
  /** Where it ends. */
  readonly ends: Uint32Array
}

const NAMED = new Map([
  ['&colon;', ':'],
  ['&tab;', '\n'],
  ['&newline;', '\n'],
  ['&sol;', '/'],
  ['&plus;', '+'],
])
const LONGEST_NAMED = '&newline;'.length
const OTHER = '\ufffd'
const MARKUP = '<>="\'&'

const isUnseen = (code: number): boolean =>
  code < 0x20 ||
  (code >= 0x7f && code < 0xa0) ||
  code === 0xad ||
  code === 0x34f ||
  code === 0x61c ||
  code === 0x180e ||
  (code >= 0x200b && code <= 0x200f) ||
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2060 && code <= 0x206f) ||
  (code >= 0xfe00 && code <= 0xfe0f) ||
  code === 0xfeff

/** '' for what is left out. */
const readCode = (code: number): string => {
  if (code >= 0x41 && code <= 0x5a) return String.fromCharCode(code + 0x20)
  if (code > 0x20 && code < 0x7f) return String.fromCharCode(code)
  if (code === 0x20 || code === 0xa0) return ' '
  if (code === 9 || code === 10 || code === 12 || code === 13 || code === 0x2028 || code === 0x2029)
    return '\n'
  if (isUnseen(code)) return ''
  return OTHER
}

const ASCII = Array.from({ length: 128 }, (_, code) => readCode(code))

const numericReference = /&#(?:x([0-9a-f]+)|([0-9]+));?/iy

/** The reference that begins at `at`, or undefined when the `&` there is a mere `&`. */
const readReference = (text: string, at: number): { character: string; end: number } | undefined => {
  if (text[at + 1] === '#') {
    numericReference.lastIndex = at
    const match = numericReference.exec(text)
    if (match === null) return undefined
    const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16)
    const character = readCode(Math.min(code, 0xffff))
    return {
      character: MARKUP.includes(character) && character !== '' ? OTHER : character,
      end: at + match[0].length,
    }
  }
  const near = text.slice(at, at + LONGEST_NAMED)
  const length = near.indexOf(';') + 1
  const character = NAMED.get(near.slice(0, length).toLowerCase())
  return character === undefined ? undefined : { character, end: at + length }
}

/** Linear in the length of the text. */
export const readText = (text: string): ReadableText => {
  const starts = new Uint32Array(text.length)
  const ends = new Uint32Array(text.length)
  let characters = ''
  let names = ''
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    const reference = code === 0x26 ? readReference(text, at) : undefined
    const character = reference?.character ?? (code < 128 ? ASCII[code]! : readCode(code))
    const end = reference?.end ?? at + 1
    if (character !== '') {
      starts[characters.length] = at
      ends[characters.length] = end
      characters += character
      names += reference === undefined ? character : OTHER
    }
    at = end
  }
  return { characters, names, starts, ends }
}
