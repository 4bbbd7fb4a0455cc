/** As the server finds names (core/mentions.ts), and the same for channels. */
const NAME = /(?<![\p{L}\p{N}_.@#/-])([@#])([\p{L}\p{N}_][\p{L}\p{N}_.-]{0,49})/gu
const NOT_WITHIN = 'a, code, pre'
/** A message cannot hold more words than this that are worth it. */
const MOST = 100

const withoutEnd = (name: string): string => name.replace(/[.-]+$/u, '')

const marked = (sign: string, name: string): HTMLSpanElement => {
  const span = document.createElement('span')
  span.className = sign === '@' ? 'mention' : 'channel-name'
  span.dataset['name'] = name.toLocaleLowerCase()
  span.textContent = sign + name
  return span
}

/** The pieces of a text: words that name somebody or something as elements. Null: there is none. */
const piecesOf = (text: string): readonly (string | HTMLSpanElement)[] | null => {
  const pieces: (string | HTMLSpanElement)[] = []
  let at = 0
  for (const found of text.matchAll(NAME)) {
    const [, sign = '', word = ''] = found
    const name = withoutEnd(word)
    pieces.push(text.slice(at, found.index), marked(sign, name))
    at = found.index + sign.length + name.length
    if (pieces.length >= MOST * 2) break
  }
  return pieces.length === 0 ? null : [...pieces, text.slice(at)]
}

/** Makes elements of `@name` and `#name`, for `resolveWords` to look up once it is known who and what there is. */
export const markWords = (root: DocumentFragment): void => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  const texts: Text[] = []
  while (walker.nextNode()) texts.push(walker.currentNode as Text)
  for (const text of texts) {
    if (text.parentElement?.closest(NOT_WITHIN)) continue
    const pieces = piecesOf(text.data)
    if (pieces !== null) text.replaceWith(...pieces)
  }
}

/** What the words of a message can name. Names are in lower case. */
export interface Names {
  readonly me: string | null
  /** Path of a channel by name. */
  readonly channels: ReadonlyMap<string, string>
}

/** Names oneself in another colour, and makes links of the channels one knows. */
export const resolveWords = (root: DocumentFragment, names: Names): void => {
  for (const span of root.querySelectorAll<HTMLElement>('.mention'))
    if (span.dataset['name'] === names.me) span.classList.add('mention-me')
  for (const span of root.querySelectorAll<HTMLElement>('.channel-name')) {
    const path = names.channels.get(span.dataset['name'] ?? '')
    if (path === undefined) continue
    const link = document.createElement('a')
    link.href = path
    link.textContent = span.textContent
    span.replaceWith(link)
  }
}
