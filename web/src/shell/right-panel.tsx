import { Children, type ReactNode, useEffect, useRef } from 'react'
import { useIsWide } from '../ui/index.ts'

export interface RightPanelProps {
  /** What it is, for screen readers. */
  readonly label: string
  /** Null, or several of which all are: there is none. */
  readonly children: ReactNode
}

/**
 * The panel at the end of a page: 360 px beside the column from 900 px on, over the whole page under it. Put it beside the
 * column in a row: `<div className="flex h-full min-h-0"><div className="min-w-0 flex-1">…</div><RightPanel …/></div>`.
 * Focus goes into it when it comes over the page, and back when it goes.
 */
export function RightPanel({ label, children }: RightPanelProps) {
  // Several that are all null are none, too.
  const isOpen = Children.toArray(children).length > 0
  return isOpen ? <OpenPanel label={label}>{children}</OpenPanel> : null
}

function OpenPanel({ label, children }: RightPanelProps) {
  const isWide = useIsWide()
  const ref = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    const panel = ref.current
    if (!isWide) panel?.focus({ preventScroll: true })
    return () => {
      // Only what would be lost with the panel is put back.
      const isLost = document.activeElement === null || document.activeElement === document.body
      if (isLost && before instanceof HTMLElement) before.focus({ preventScroll: true })
    }
  }, [isWide])
  return (
    <aside
      ref={ref}
      aria-label={label}
      tabIndex={-1}
      className={
        isWide
          ? 'flex h-full w-90 shrink-0 flex-col border-s bg-surface outline-none'
          : 'fixed inset-0 z-30 flex flex-col bg-surface outline-none'
      }
    >
      {children}
    </aside>
  )
}
