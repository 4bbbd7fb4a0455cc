import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'
import { Tooltip, type TooltipProps } from './tooltip.tsx'

const SIZES = { small: 'size-7', medium: 'size-9', large: 'size-11' } as const

const LOOKS = {
  quiet: 'text-muted hover:bg-hover hover:text-text aria-pressed:bg-selected aria-pressed:text-text',
  solid: 'bg-raised border border-line text-text hover:bg-hover aria-pressed:bg-selected',
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  danger: 'bg-bad text-on-bad hover:opacity-90',
} as const

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children' | 'aria-label'> {
  /** Its name, also shown as a tooltip. */
  readonly label: string
  /** A lucide icon; 18 px is usual (`size={18}`). */
  readonly icon: ReactNode
  readonly shortcut?: string
  readonly look?: keyof typeof LOOKS
  /** 28, 36 (default) or 44 px; never under 44 for a finger. */
  readonly size?: keyof typeof SIZES
  /** For a button that stays down. */
  readonly isPressed?: boolean
  readonly tooltipSide?: TooltipProps['side']
}

/** A button with an icon alone. It can be the trigger of a menu or popover. */
export function IconButton({
  label,
  icon,
  shortcut,
  look = 'quiet',
  size = 'medium',
  isPressed,
  tooltipSide = 'top',
  className,
  type = 'button',
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip label={label} shortcut={shortcut} side={tooltipSide}>
      <button
        {...rest}
        type={type}
        aria-label={label}
        aria-pressed={isPressed}
        className={cx(
          'relative inline-flex shrink-0 items-center justify-center rounded-6 transition-[background-color,color,opacity]',
          'disabled:cursor-default disabled:opacity-45',
          // A finger needs 44 px: the area grows, the button does not.
          size !== 'large' &&
            'pointer-coarse:after:absolute pointer-coarse:after:-inset-1 pointer-coarse:after:content-[""]',
          SIZES[size],
          LOOKS[look],
          className,
        )}
      >
        {icon}
      </button>
    </Tooltip>
  )
}
