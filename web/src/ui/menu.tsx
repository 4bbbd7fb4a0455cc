import { Menu as Base } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { cx } from './cx.ts'
import { Shortcut } from './shortcut.tsx'

const ITEM =
  'flex cursor-default items-center gap-2.5 rounded-6 px-2.5 py-1.5 outline-none select-none data-highlighted:bg-hover ' +
  'data-disabled:opacity-50 pointer-coarse:py-2.5'

export interface MenuProps {
  /** The button: `<IconButton …/>` or `<Button …/>`. */
  readonly trigger: ReactElement
  readonly side?: 'top' | 'bottom' | 'inline-start' | 'inline-end'
  readonly align?: 'start' | 'center' | 'end'
  /** To open and close it from outside. */
  readonly isOpen?: boolean
  readonly onOpenChange?: (isOpen: boolean) => void
  readonly children: ReactNode
}

/** A button that opens a list of things to do. */
export function Menu({ trigger, side = 'bottom', align = 'end', isOpen, onOpenChange, children }: MenuProps) {
  return (
    <Base.Root
      {...(isOpen === undefined ? {} : { open: isOpen })}
      {...(onOpenChange === undefined ? {} : { onOpenChange: (open: boolean) => onOpenChange(open) })}
    >
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={4} collisionPadding={8} className="z-50">
          <Base.Popup className="appears max-h-(--available-height) max-w-80 min-w-48 overflow-y-auto rounded-10 border border-line bg-raised p-1 shadow-high outline-none">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

export interface MenuItemProps {
  readonly icon?: ReactNode
  readonly shortcut?: string
  readonly isDangerous?: boolean
  readonly isDisabled?: boolean
  readonly onSelect: () => void
  readonly children: ReactNode
}

export function MenuItem({
  icon,
  shortcut,
  isDangerous = false,
  isDisabled = false,
  onSelect,
  children,
}: MenuItemProps) {
  return (
    <Base.Item onClick={onSelect} disabled={isDisabled} className={cx(ITEM, isDangerous && 'text-bad')}>
      {icon === undefined ? null : (
        <span aria-hidden="true" className={cx('shrink-0', !isDangerous && 'text-muted')}>
          {icon}
        </span>
      )}
      <span className="min-w-0 flex-1 breakable">{children}</span>
      {shortcut === undefined ? null : (
        <span className="pointer-coarse:hidden">
          <Shortcut keys={shortcut} />
        </span>
      )}
    </Base.Item>
  )
}

export interface MenuChoicesProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly onChange: (value: T) => void
  readonly options: readonly { readonly value: T; readonly label: string }[]
}

/** One of several, inside a menu. */
export function MenuChoices<T extends string>({ label, value, onChange, options }: MenuChoicesProps<T>) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next: T) => onChange(next)}>
      <Base.GroupLabel className="px-2.5 pt-1.5 pb-1 text-12 text-muted">{label}</Base.GroupLabel>
      {options.map((option) => (
        <Base.RadioItem key={option.value} value={option.value} closeOnClick className={ITEM}>
          <span className="min-w-0 flex-1 breakable">{option.label}</span>
          <Base.RadioItemIndicator className="text-accent">
            <Check size={16} aria-hidden="true" />
          </Base.RadioItemIndicator>
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  )
}

export function MenuSeparator() {
  return <Base.Separator className="mx-2 my-1 h-px bg-line" />
}
