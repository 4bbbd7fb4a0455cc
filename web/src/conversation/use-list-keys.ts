import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import type { RowIndex } from './row-index.ts'
import type { Row } from './rows.ts'

const isMessage = (row: Row | undefined): boolean => row?.kind === 'message'

const nextMessage = (rows: readonly Row[], from: number, step: 1 | -1): number => {
  let index = from + step
  while (index >= 0 && index < rows.length && !isMessage(rows[index])) index += step
  return index >= 0 && index < rows.length ? index : -1
}

const targetOf = (rows: readonly Row[], from: number, key: string): number => {
  if (key === 'ArrowDown') return nextMessage(rows, from, 1)
  if (key === 'ArrowUp') return nextMessage(rows, from, -1)
  if (key === 'Home') return nextMessage(rows, -1, 1)
  return key === 'End' ? nextMessage(rows, rows.length, -1) : -1
}

export interface ListKeys {
  /** The message that Tab reaches: the last one, until one went elsewhere. */
  readonly current: string | null
  readonly setCurrent: (key: string) => void
  /** Index of the row that has the focus; -1: none. */
  readonly pinned: number
  readonly onKeyDown: (event: KeyboardEvent) => void
  readonly onBlur: () => void
}

/** Goes from message to message with the arrow keys. `show` brings a row into view; Escape calls `leave`. */
export const useListKeys = (
  rows: readonly Row[],
  indexOf: RowIndex,
  scroller: RefObject<HTMLElement | null>,
  { show, leave }: { readonly show: (index: number) => void; readonly leave: () => void },
): ListKeys => {
  const [chosen, setChosen] = useState<string | null>(null)
  const [hasFocus, setFocus] = useState(false)
  const wanted = useRef<string | null>(null)
  const last = nextMessage(rows, rows.length, -1)
  const current = chosen !== null && indexOf.has(chosen) ? chosen : (rows[last]?.key ?? null)
  const setCurrent = useCallback((key: string) => {
    setChosen(key)
    setFocus(true)
  }, [])
  // The row may come into the page one render later.
  useEffect(() => {
    if (wanted.current === null) return
    const found = scroller.current?.querySelector<HTMLElement>(
      `[data-message="${CSS.escape(wanted.current)}"]`,
    )
    if (!found) return
    wanted.current = null
    found.focus({ preventScroll: true })
  })
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement
    const key = target.dataset['message']
    if (event.key === 'Escape' && !event.defaultPrevented) {
      const row = target.closest<HTMLElement>('[data-message]')
      event.preventDefault()
      if (key === undefined && row !== null) row.focus({ preventScroll: true })
      else leave()
      return
    }
    if (key === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    const index = targetOf(rows, indexOf.get(key) ?? -1, event.key)
    const row = rows[index]
    if (row === undefined) return
    event.preventDefault()
    wanted.current = row.key
    setChosen(row.key)
    show(index)
  }
  return {
    current,
    setCurrent,
    pinned: hasFocus && current !== null ? (indexOf.get(current) ?? -1) : -1,
    onKeyDown,
    onBlur: () => setFocus(false),
  }
}
