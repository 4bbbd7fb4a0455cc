import DOMPurify from 'dompurify'
import { BoundedCache } from './bounded-cache.ts'
import { markWords } from './mark-words.ts'

/** What a message may hold (wire, "channels"): the server sanitised it to the same list. */
const TAGS = ['p', 'b', 'i', 'em', 'strong', 'a', 'code', 'pre', 'ul', 'ol', 'li', 'blockquote', 'br']

const RULES = {
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: ['href'],
  ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:|\/(?!\/))/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  KEEP_CONTENT: true,
  RETURN_DOM_FRAGMENT: true as const,
}

/** Sanitised messages kept: a few screens of each conversation one goes between. */
const MOST_KEPT = 6_000
const kept = new BoundedCache<DocumentFragment>(MOST_KEPT)

/** The host a link leads to; null: within this app, or no address of a page. */
const foreignHost = (link: HTMLAnchorElement): string | null => {
  try {
    const { protocol, host, origin } = new URL(link.href)
    return protocol === 'mailto:' || origin === location.origin ? null : host
  } catch {
    return null
  }
}

/** Says where a link leads when its own words do not, and keeps the page it opens from this one. */
const dressLink = (link: HTMLAnchorElement): void => {
  const host = foreignHost(link)
  link.rel = 'noopener noreferrer'
  link.dir = 'auto'
  if (host === null) return
  link.target = '_blank'
  link.title = link.href
  if (link.textContent?.toLowerCase().includes(host.toLowerCase())) return
  const note = document.createElement('span')
  note.className = 'link-host'
  note.textContent = ` (${host})`
  link.append(note)
}

/** One paragraph with nothing in it that HTML has a meaning for, and no name: most messages. */
const PLAIN = /^<p>([^<>&@#]*)<\/p>$/

/** Such a paragraph as text, which needs neither a parser nor cleaning. Null: it is another one. */
const plainParagraph = (html: string): DocumentFragment | null => {
  const text = PLAIN.exec(html)?.[1]
  if (text === undefined) return null
  const fragment = document.createDocumentFragment()
  const paragraph = document.createElement('p')
  paragraph.append(text)
  fragment.append(paragraph)
  return fragment
}

const sanitise = (html: string): DocumentFragment => {
  try {
    const fragment = DOMPurify.sanitize(html, RULES)
    for (const link of fragment.querySelectorAll('a')) dressLink(link)
    // So that a block that scrolls can be scrolled with the keys.
    for (const block of fragment.querySelectorAll('pre')) block.tabIndex = 0
    markWords(fragment)
    return fragment
  } catch {
    // A browser that does not let it work shows the text and nothing else.
    const fragment = document.createDocumentFragment()
    fragment.append(html.replace(/<[^>]*>/gu, ' '))
    return fragment
  }
}

/**
 * HTML of a message, sanitised once more here, as nodes of which each use takes a copy. They go into the page as nodes: no
 * string is parsed there, so nothing is left for Trusted Types to refuse. Kept by the HTML itself, which is another one
 * with every revision of a message.
 */
export const safeNodes = (html: string): DocumentFragment =>
  plainParagraph(html) ?? (kept.get(html, () => sanitise(html)).cloneNode(true) as DocumentFragment)

/** One turn of this work is as short as this (ms), where the browser does not say how long it is idle. */
const SLICE = 4

const whenIdle = (work: (timeLeft: () => number) => void): (() => void) => {
  if (typeof requestIdleCallback === 'function') {
    const id = requestIdleCallback((deadline) => work(() => deadline.timeRemaining()))
    return () => cancelIdleCallback(id)
  }
  const end = () => performance.now() + SLICE
  const timer = setTimeout(() => {
    const until = end()
    work(() => until - performance.now())
  }, 50)
  return () => clearTimeout(timer)
}

/** Sanitises what will be shown soon while nothing else is to be done. The answer gives that up. */
export const prepareNodes = (htmls: readonly string[]): (() => void) => {
  const waiting = htmls.filter((html) => !PLAIN.test(html) && !kept.has(html)).slice(-MOST_KEPT / 2)
  let cancel: () => void = () => undefined
  const work = (timeLeft: () => number) => {
    while (waiting.length > 0 && timeLeft() > 1) {
      const html = waiting.pop() ?? ''
      kept.get(html, () => sanitise(html))
    }
    if (waiting.length > 0) cancel = whenIdle(work)
  }
  if (waiting.length > 0) cancel = whenIdle(work)
  return () => cancel()
}
