import { Popover as Base } from '@base-ui/react/popover'
import type { ReactElement, ReactNode, RefObject } from 'react'

export interface PopoverProps {
  readonly trigger: ReactElement
  /** For screen readers; shown too, unless `isTitleHidden`. */
  readonly title: string
  readonly isTitleHidden?: boolean
  readonly side?: 'top' | 'bottom' | 'inline-start' | 'inline-end'
  readonly align?: 'start' | 'center' | 'end'
  readonly isOpen?: boolean
  readonly onOpenChange?: (isOpen: boolean) => void
  /** Where focus goes first; default: the first thing that takes it. */
  readonly initialFocus?: RefObject<HTMLElement | null>
  readonly children: ReactNode
}

/** A button that opens a small surface beside it (emoji, who reacted, devices). */
export function Popover({
  trigger,
  title,
  isTitleHidden = false,
  side = 'bottom',
  align = 'center',
  isOpen,
  onOpenChange,
  initialFocus,
  children,
}: PopoverProps) {
  return (
    <Base.Root
      {...(isOpen === undefined ? {} : { open: isOpen })}
      {...(onOpenChange === undefined ? {} : { onOpenChange: (open: boolean) => onOpenChange(open) })}
    >
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={6} collisionPadding={8} className="z-50">
          <Base.Popup
            {...(initialFocus === undefined ? {} : { initialFocus })}
            className="appears max-h-(--available-height) max-w-[min(22rem,calc(100vw-1rem))] overflow-y-auto rounded-10 border border-line bg-raised p-3 shadow-high outline-none"
          >
            <Base.Title className={isTitleHidden ? 'sr-only' : 'mb-2 text-13 font-medium'}>
              {title}
            </Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
