import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is searched: where it was found, and all of its bytes. */
export type Exhibit = readonly [where: string, bytes: Buffer]

/** An index keeps a word without what it shares with the one before it: so much of a canary's beginning may be missing. */
const MISSING = 4

/** Words that nothing else holds, each with the path that it was sent on. */
export class Canaries {
  readonly #paths = new Map<string, string>()
  /** All of them end with it: where it is not, none of them is. */
  readonly #tail: string

  constructor(tail: string) {
    this.#tail = tail
  }

  /** Letters and digits alone: no filter, tokenizer or escape makes anything else of it. It begins at random. */
  for(path: string): string {
    const word = `${randomBytes(10).toString('hex')}${this.#tail}`
    this.#paths.set(word, path)
    return word
  }

  get size(): number {
    return this.#paths.size
  }

  /** Every canary in every exhibit, however it is written there, as `path: form in where`. */
  foundIn(exhibits: readonly Exhibit[]): readonly string[] {
    return exhibits.flatMap(([where, bytes]) => {
      const look = searchIn(bytes)
      if (look(this.#tail).length === 0) return []
      return [...this.#paths].flatMap(([word, path]) =>
        look(word.slice(MISSING)).map((form) => `${path}: ${form} in ${where}`),
      )
    })
  }
}

/** Tells in which forms a word is in these bytes. */
const searchIn = (bytes: Buffer) => {
  // Words are in lower case: whatever changes that, they are themselves again here.
  const lowered = Buffer.from(bytes.toString('latin1').toLowerCase(), 'latin1')
  return (word: string): string[] =>
    formsOf(word)
      .filter(([, needle, keepsCase]) => (keepsCase ? bytes : lowered).includes(needle))
      .map(([form]) => form)
}

type Form = readonly [name: string, needle: Buffer, keepsCase: boolean]

const formsOf = (word: string): readonly Form[] => {
  const text = Buffer.from(word)
  const utf16 = Buffer.from(word, 'utf16le')
  return [
    ['text', text, false],
    ['UTF-16 LE', utf16, false],
    ['UTF-16 BE', Buffer.from(utf16).swap16(), false],
    ['hex', Buffer.from(text.toString('hex')), false],
    ['backwards', Buffer.from(text).reverse(), false],
    [
      'JSON escapes',
      Buffer.from([...word].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join('')),
      false,
    ],
    [
      'percent escapes',
      Buffer.from([...word].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')),
      false,
    ],
    // What comes before a word shifts its base64: three ways, without the characters at the ends that others share.
    ...[0, 1, 2].map((shift): Form => {
      const base64 = Buffer.concat([Buffer.alloc(shift), text]).toString('base64url')
      return [`base64 (${shift})`, Buffer.from(base64.slice(shift === 0 ? 0 : 4, -4)), true]
    }),
  ]
}

/** Every file below a folder. */
export const filesIn = (folder: string): readonly Exhibit[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [path.slice(folder.length + 1), readFileSync(path)]
    })
