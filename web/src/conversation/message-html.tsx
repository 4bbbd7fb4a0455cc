import { useLayoutEffect, useRef } from 'react'
import { type Names, resolveWords } from './mark-words.ts'
import { safeNodes } from './safe-html.ts'

export interface MessageHtmlProps {
  /** Not trusted: it is sanitised here. */
  readonly html: string
  readonly names: Names
}

/** HTML that somebody wrote, as nodes of the page. */
export function MessageHtml({ html, names }: MessageHtmlProps) {
  const ref = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const nodes = safeNodes(html)
    resolveWords(nodes, names)
    ref.current?.replaceChildren(nodes)
  }, [html, names])
  return <div ref={ref} dir="auto" className="message-html breakable" />
}
