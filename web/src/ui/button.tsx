import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'

const LOOKS = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong border-transparent',
  secondary: 'bg-raised text-text hover:bg-hover border-line shadow-low',
  quiet: 'bg-transparent text-text hover:bg-hover border-transparent',
  danger: 'bg-bad text-on-bad hover:opacity-90 border-transparent',
} as const

const SIZES = {
  small: 'h-7 px-2.5 text-13',
  medium: 'h-9 px-3.5 text-15',
} as const

export interface ButtonProps extends ComponentProps<'button'> {
  /** Default `secondary`. One `primary` a view. */
  readonly look?: keyof typeof LOOKS
  /** Default `medium`. */
  readonly size?: keyof typeof SIZES
  /** Before the text; 16 px. */
  readonly icon?: ReactNode
  /** Under way: cannot be pressed, keeps its place, width and focus. */
  readonly isBusy?: boolean
  readonly isWide?: boolean
}

/** A button with text. In a form, give `type="submit"`. */
export function Button({
  look = 'secondary',
  size = 'medium',
  icon,
  isBusy = false,
  isWide = false,
  className,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-busy={isBusy || undefined}
      aria-disabled={isBusy || rest['aria-disabled'] || undefined}
      onClick={(event) => {
        if (isBusy) event.preventDefault()
        else onClick?.(event)
      }}
      className={cx(
        'inline-flex shrink-0 items-center justify-center gap-2 rounded-6 border font-medium whitespace-nowrap select-none',
        'transition-[background-color,opacity] disabled:cursor-default disabled:opacity-50',
        'pointer-coarse:min-h-11',
        LOOKS[look],
        SIZES[size],
        isWide && 'w-full',
        isBusy && 'animate-rest',
        className,
      )}
    >
      {icon}
      {children}
    </button>
  )
}
