import { Marked, type RendererObject, type Tokens } from 'marked'

/** The longest text that is read as Markdown (UTF-16 units); a longer one is shown as it was typed, as on the server. */
const MAX_MARKDOWN = 4_096
/** More signs than anybody needs, of which the parser makes more than linear work. */
const MAX_SIGNS = 512

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const asText = (source: string): string =>
  `<p>${escapeHtml(source.trim()).replace(/\r\n|\r|\n/g, '<br>')}</p>`

/** What has no element of its own in a message comes out as the server does it (core/text/markdown-renderer.ts). */
const renderer: RendererObject = {
  heading({ tokens }) {
    return `<p><strong>${this.parser.parseInline(tokens)}</strong></p>`
  },
  hr: () => '<p>---</p>',
  html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
  del({ tokens }) {
    return `~~${this.parser.parseInline(tokens)}~~`
  },
  checkbox: ({ checked }) => (checked ? '[x] ' : '[ ] '),
  image: ({ href, text }) => `<a href="${escapeHtml(href)}">${escapeHtml(text || href)}</a>`,
  code: ({ text }) => `<pre><code>${escapeHtml(text)}</code></pre>`,
  table({ header, rows }) {
    const line = (cells: readonly Tokens.TableCell[]): string =>
      cells.map((cell) => this.parser.parseInline(cell.tokens)).join(' | ')
    return `<p><strong>${line(header)}</strong>${rows.map((row) => `<br>${line(row)}`).join('')}</p>`
  },
}

const marked = new Marked({ gfm: true, breaks: true, renderer })

/**
 * Markdown as HTML, for a preview and for messages that the server has not rendered yet. It is not safe to be put into a
 * page: give it to `safeNodes`. Never throws.
 */
export const previewHtml = (source: string): string => {
  const signs = source.match(/[*_~`[\]<\\]/g)?.length ?? 0
  if (source.length > MAX_MARKDOWN || signs > MAX_SIGNS) return asText(source)
  try {
    return marked.parse(source, { async: false })
  } catch {
    return asText(source)
  }
}
