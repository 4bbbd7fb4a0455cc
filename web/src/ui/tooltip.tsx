import { Tooltip as Base } from '@base-ui/react/tooltip'
import type { ReactElement, ReactNode } from 'react'
import { Shortcut } from './shortcut.tsx'

export interface TooltipProps {
  readonly label: ReactNode
  /** Keys that do the same, such as `Mod+K`. */
  readonly shortcut?: string | undefined
  readonly side?: 'top' | 'bottom' | 'inline-start' | 'inline-end'
  /** What it is about: one element that takes a ref and props. It has to have a name of its own; this is only for the eye. */
  readonly children: ReactElement
}

/** Words beside what the pointer or the focus is on. Put `TooltipProvider` once around the app. */
export function Tooltip({ label, shortcut, side = 'top', children }: TooltipProps) {
  return (
    // Escape means what the button is in as well, not the tooltip alone.
    <Base.Root
      onOpenChange={(_isOpen, details) => details.reason === 'escape-key' && details.allowPropagation()}
    >
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} collisionPadding={8} className="z-60">
          <Base.Popup className="fades flex max-w-72 items-center gap-2 rounded-6 bg-text px-2 py-1 text-12 text-surface">
            <span className="breakable">{label}</span>
            {shortcut === undefined ? null : <Shortcut keys={shortcut} isOnDark />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

/** Lets a second tooltip open at once after the first. */
export const TooltipProvider = Base.Provider
