import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router'

/** What the right panel shows. */
export type Panel =
  | { readonly kind: 'thread'; readonly parentId: string }
  | { readonly kind: 'readers'; readonly messageId: string }
  | { readonly kind: 'members' }
  | { readonly kind: 'details' }
  | { readonly kind: 'search' }

const NAME = 'panel'

const idOf = (panel: Panel): string | null => {
  if (panel.kind === 'thread') return panel.parentId
  return panel.kind === 'readers' ? panel.messageId : null
}

const write = (panel: Panel): string => {
  const id = idOf(panel)
  return id === null ? panel.kind : `${panel.kind}.${id}`
}

const read = (text: string | null): Panel | null => {
  const [kind, id] = (text ?? '').split('.', 2)
  if (kind === 'members' || kind === 'details' || kind === 'search') return { kind }
  if (id === undefined || id === '') return null
  if (kind === 'thread') return { kind, parentId: id }
  return kind === 'readers' ? { kind, messageId: id } : null
}

export interface PanelControl {
  readonly panel: Panel | null
  readonly open: (panel: Panel) => void
  readonly close: () => void
}

/**
 * The right panel of the page one is on. It is part of the address, so it survives a reload, and on a phone the way back
 * closes it. It belongs to the page: going elsewhere closes it.
 */
export function usePanel(): PanelControl {
  const [params, setParams] = useSearchParams()
  const text = params.get(NAME)
  const panel = useMemo(() => read(text), [text])
  const open = useCallback(
    (next: Panel) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before)
          after.set(NAME, write(next))
          return after
        },
        // From one panel to another is no step that one wants to go back.
        { replace: text !== null },
      ),
    [setParams, text],
  )
  const close = useCallback(
    () =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before)
          after.delete(NAME)
          return after
        },
        { replace: true },
      ),
    [setParams],
  )
  return { panel, open, close }
}
