import { Marked } from 'marked'
import sanitizeHtml, { type IOptions } from 'sanitize-html'
import { isCostlyMarkdown } from './markdown-cost.ts'
import { chatMarkdown, escapeText, MARKDOWN_TAGS } from './markdown-renderer.ts'

/** The longest source that is read as Markdown, in UTF-16 units; a longer one is shown as it was typed. */
export const MAX_MARKDOWN = 4_096

const marked = new Marked(chatMarkdown)

const SANITISING: IOptions = {
  allowedTags: [...MARKDOWN_TAGS],
  allowedAttributes: { a: ['href'] },
  allowedSchemes: ['http', 'https', 'mailto'],
  selfClosing: ['br'],
}

/** What Markdown could make something of: most messages have nothing of it, and need no parser. */
const MAYBE_MARKDOWN = /[\\`*_~[\]<>&|#@\n\r\t]|:\/\/|www\.|mailto:|xmpp:|^[-+=]|^\d{1,9}[.)]|^\s|\s$/i

/** What sanitised HTML must not have; sanitising is trusted, and looked at. */
const FOREIGN_TAG = new RegExp(
  `<(?!/?(?:${MARKDOWN_TAGS.filter((tag) => tag !== 'br').join('|')})>|br />|a href="[^"<>]*">)`,
)

const asText = (source: string): string => {
  const text = source.trim()
  return text === '' ? '' : `<p>${escapeText(text).replace(/\r\n|\r|\n/g, '<br />')}</p>`
}

/**
 * Markdown as HTML that has the elements `p b i em strong a[href] code pre ul ol li blockquote br` and no others, a
 * `href` being http, https, mailto or relative. Safe to put into a page.
 *
 * Line breaks are kept. HTML of the source stays where it is one of these elements and is shown as typed where not;
 * a heading is a strong paragraph, an image a link, a table one line for each row. A source longer than
 * `MAX_MARKDOWN`, one made to be costly, and one that the parser fails on are shown as they were typed. Never
 * throws; '' when there is only white space.
 */
export const renderMarkdown = (source: string): string => {
  if (source.length > MAX_MARKDOWN || !MAYBE_MARKDOWN.test(source) || isCostlyMarkdown(source))
    return asText(source)
  try {
    const html = sanitizeHtml(marked.parse(source, { async: false }), SANITISING).trim()
    return FOREIGN_TAG.test(html) ? asText(source) : html
  } catch {
    return asText(source)
  }
}
