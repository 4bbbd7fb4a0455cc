import { handlerNameLength } from './event-handler-names.ts'
import { type ReadableText, readText } from './readable-text.ts'

/** What of a text is looked at at all: without one of these nothing in it can do harm. */
const TRIGGER = /[<:=&]/

/** Nothing that people write is nested as deep as this; what still is not clean then loses every trigger. */
const MAX_PASSES = 16
/** No message is longer; a text that is gets fewer passes, so that its time stays small too. */
const LONG_TEXT = 5_000
const MAX_LONG_PASSES = 4

/** Taken out with what is in them. */
const WITH_CONTENT: ReadonlySet<string> = new Set(['script', 'iframe', 'style'])
/** Their tags are taken out: scripts, and parsers that read differently the second time, live in them. */
const ALWAYS: ReadonlySet<string> = new Set([...WITH_CONTENT, 'svg', 'math'])
/** Taken out when they have an attribute; without one they do nothing, and `List<Object>` is text. */
const WITH_ATTRIBUTE: ReadonlySet<string> = new Set([
  'applet',
  'base',
  'embed',
  'fencedframe',
  'frame',
  'frameset',
  'link',
  'meta',
  'object',
  'portal',
])
const LONGEST_TAG = 12

const SCRIPT_SCHEMES = ['javascript', 'vbscript'] as const
/** Media types that a browser opens as a document, or runs. */
const ACTIVE_MEDIA = [
  'text/html',
  'text/xml',
  'text/xsl',
  'text/javascript',
  'text/ecmascript',
  'text/vbscript',
  'image/svg+xml',
  'application/xml',
  'application/xhtml+xml',
  'application/javascript',
  'application/ecmascript',
  'application/x-javascript',
] as const

const NAME_CHARACTER = /[a-z0-9_-]/
const TAG_NAME = /^\/?([a-z0-9]+)(?![\w.:-])/

/** One pass over a text from left to right; what is found is taken out, and never looked at again in this pass. */
class CleaningPass {
  readonly #text: string
  readonly #read: ReadableText
  readonly #kept: string[] = []
  readonly #opened = new Set<string>()
  readonly #ends = new Map<string, number>()
  /** Up to where the readable characters are dealt with. */
  #done = 0
  #keptUpTo = 0

  constructor(text: string) {
    this.#text = text
    this.#read = readText(text)
  }

  run(): string {
    const { characters } = this.#read
    for (let at = 0; at < characters.length; at = Math.max(at + 1, this.#done)) {
      const character = characters[at]
      if (character === '<') this.#tag(at)
      else if (character === ':') this.#scheme(at)
      else if (character === '=') this.#handler(at)
    }
    if (this.#kept.length === 0 && this.#keptUpTo === 0) return this.#text
    return this.#kept.join('') + this.#text.slice(this.#keptUpTo)
  }

  #takeOut(from: number, to: number): void {
    this.#kept.push(this.#text.slice(this.#keptUpTo, this.#read.starts[from]!))
    this.#keptUpTo = this.#read.ends[to - 1]!
    this.#done = to
  }

  /** As indexOf, from `at`; the last answer for each word is kept, so that asking often costs no more than once. */
  #next(word: string, at: number): number {
    const known = this.#ends.get(word)
    if (known !== undefined && known >= at) return known
    const found = this.#read.names.indexOf(word, at)
    const place = found === -1 ? Number.POSITIVE_INFINITY : found
    this.#ends.set(word, place)
    return place
  }

  #tag(at: number): void {
    const { names } = this.#read
    const name = TAG_NAME.exec(names.slice(at + 1, at + 3 + LONGEST_TAG))?.[1]
    if (name === undefined) return
    const isEnd = names[at + 1] === '/'
    const afterName = at + 1 + (isEnd ? 1 : 0) + name.length
    const close = this.#next('>', afterName)
    if (ALWAYS.has(name)) {
      if (!isEnd && WITH_CONTENT.has(name)) this.#element(at, afterName, name)
      else this.#takeOut(at, close < names.length ? close + 1 : afterName)
      return
    }
    if (!WITH_ATTRIBUTE.has(name)) return
    const acts = isEnd ? this.#opened.delete(name) : this.#next('=', afterName) < close
    if (!acts) return
    if (!isEnd) this.#opened.add(name)
    this.#takeOut(at, close < names.length ? close + 1 : afterName)
  }

  /** To the end of the end tag; when there is none, to the end of the start tag; when that has none, the name. */
  #element(at: number, afterName: number, name: string): void {
    const { names } = this.#read
    const endTag = this.#next(`</${name}`, afterName)
    const inner = endTag < names.length ? endTag + name.length + 2 : afterName
    const close = this.#next('>', inner)
    this.#takeOut(at, close < names.length ? close + 1 : inner)
  }

  #scheme(at: number): void {
    for (const scheme of SCRIPT_SCHEMES) {
      const from = this.#wordBefore(at, scheme)
      if (from === -1) continue
      this.#takeOut(from, at + 1)
      return
    }
    const from = this.#wordBefore(at, 'data')
    if (from === -1) return
    for (const media of ACTIVE_MEDIA) {
      const to = this.#wordAfter(at + 1, media)
      if (to === -1) continue
      this.#takeOut(from, to)
      return
    }
  }

  /** Where `word`, which may be broken by line breaks and tabs as in an address, begins if it ends before `at`. */
  #wordBefore(at: number, word: string): number {
    const { characters } = this.#read
    let left = word.length
    for (let index = at - 1; index >= this.#done; index -= 1) {
      if (characters[index] === '\n') continue
      left -= 1
      if (characters[index] !== word[left]) return -1
      if (left === 0) return index
    }
    return -1
  }

  #wordAfter(at: number, word: string): number {
    const { characters } = this.#read
    let matched = 0
    for (let index = at; index < characters.length; index += 1) {
      if (characters[index] === '\n') continue
      if (characters[index] !== word[matched]) return -1
      matched += 1
      if (matched === word.length) return index + 1
    }
    return -1
  }

  #handler(at: number): void {
    const { names } = this.#read
    let end = at
    while (end > this.#done && (names[end - 1] === ' ' || names[end - 1] === '\n')) end -= 1
    let start = end
    while (start > this.#done && NAME_CHARACTER.test(names[start - 1]!)) start -= 1
    const length = handlerNameLength(names.slice(start, end))
    if (length > 0) this.#takeOut(end - length, at + 1)
  }
}

/**
 * Takes out of a text what would run if a client put it into a page as HTML:
 *
 * - `script`, `iframe` and `style` elements with what is in them (an unclosed one loses its tag), the tags of `svg`
 *   and `math`, and those of `object`, `embed`, `applet`, `base`, `link`, `meta` and frames that have an attribute;
 * - `javascript:` and `vbscript:`, and `data:` before a type that is a document or a script, however spelt: case,
 *   character references, tabs and line breaks, control and zero-width characters;
 * - the name of an event handler attribute and the `=` after it, wherever it stands.
 *
 * Repeated until nothing is found, so that what taking out would put together is taken out too; a text nested
 * deeper than `MAX_PASSES` loses every `<`, `:`, `=` and `&`. `srcdoc`, SVG animation and `xlink:href` are of no
 * use without the elements and addresses above. Forms, images and links stay: they run nothing.
 *
 * All other text comes out as it went in. Never throws; cleaning twice is cleaning once; '' when only white space
 * is left. The time is linear in the length, times the depth of nesting, at most `MAX_PASSES`.
 */
export const cleanText = (text: string): string => {
  if (!TRIGGER.test(text)) return text
  let cleaned = text
  const most = text.length > LONG_TEXT ? MAX_LONG_PASSES : MAX_PASSES
  let passes = 0
  for (; passes < most; passes += 1) {
    const next = new CleaningPass(cleaned).run()
    if (next === cleaned) break
    cleaned = next
  }
  if (cleaned === text) return text
  if (passes === most) cleaned = cleaned.replace(/[<:=&]/g, '')
  return cleaned.trim() === '' ? '' : cleaned
}
