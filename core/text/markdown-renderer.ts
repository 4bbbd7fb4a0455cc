import type { MarkedExtension, RendererObject, Tokens } from 'marked'

/** The only elements that rendered Markdown has; `a` has `href`, no other attribute exists. */
export const MARKDOWN_TAGS: readonly string[] = [
  'p',
  'b',
  'i',
  'em',
  'strong',
  'a',
  'code',
  'pre',
  'ul',
  'ol',
  'li',
  'blockquote',
  'br',
]

/** A `<` that does not begin a tag that may stay. Only a quoted `href` makes an `a` of the source a link. */
const OTHER_TAG = new RegExp(
  `<(?!/?(?:${MARKDOWN_TAGS.join('|')})[ ]?/?>|a[ ]href=(?:"[^"<>]*"|'[^'<>]*')>)`,
  'gi',
)

const ANCHOR = /<\/?a\b[^>]*>/gi

/** Text as HTML; quotes are as good as any other character outside of tags. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** As escapeText, for text of the source in which `&amp;` already means `&`. */
const escapeSource = (text: string): string =>
  text
    .replace(/&(?!#?\w+;)/g, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')

/** HTML of the source: tags that may stay do, all else is shown as it was typed, a block of it as a paragraph. */
const showHtml = (html: string, isBlock: boolean): string => {
  const shown = html.includes('<!--') ? escapeText(html) : html.replace(OTHER_TAG, '&lt;')
  return isBlock && shown !== html ? `<p>${shown.trim().replaceAll('\n', '<br>')}</p>\n` : shown
}

/** Inside a link there is no other link. */
const anchor = (href: string, inner: string): string =>
  `<a href="${escapeSource(href).replaceAll('"', '&quot;')}">${inner.replace(ANCHOR, '')}</a>`

/** What has no element of its own in the list comes out as something that has, and reads well. */
const renderer: RendererObject = {
  heading({ tokens }) {
    return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>\n`
  },
  hr: () => '<p>---</p>\n',
  html: ({ text, block }: Tokens.HTML | Tokens.Tag) => showHtml(text, block),
  /** Also what the parser takes for the inside of a script: nothing of it may pass as HTML. */
  text(token) {
    return 'tokens' in token && token.tokens
      ? this.parser.parseInline(token.tokens)
      : escapeSource(token.text)
  },
  del({ tokens }) {
    return `~~${this.parser.parseInline(tokens)}~~`
  },
  checkbox: ({ checked }) => (checked ? '[x] ' : '[ ] '),
  link({ href, tokens }) {
    return anchor(href, this.parser.parseInline(tokens))
  },
  image: ({ href, text }) => anchor(href, escapeSource(text || href)),
  code: ({ text }) => `<pre><code>${escapeText(text)}</code></pre>\n`,
  /** No attribute says where a list starts: one that does not start at 1 keeps its numbers as text. */
  list({ ordered, start, items }) {
    if (!ordered || start === 1 || start === '') return false
    if (items.some(({ tokens }) => tokens.some(({ type }) => type !== 'text'))) return false
    return `<p>${items.map(({ tokens }, index) => `${start + index}. ${this.parser.parse(tokens)}`).join('<br>')}</p>\n`
  },
  table({ header, rows }) {
    const line = (cells: readonly Tokens.TableCell[]): string =>
      cells.map((cell) => this.parser.parseInline(cell.tokens)).join(' | ')
    return `<p><strong>${line(header)}</strong>${rows.map((row) => `<br>${line(row)}`).join('')}</p>\n`
  },
}

/** GitHub's Markdown with the line breaks of a chat, for `MARKDOWN_TAGS`. */
export const chatMarkdown: MarkedExtension = { gfm: true, breaks: true, renderer }
