import { type ReactNode, useId } from 'react'
import { cx } from './cx.ts'

export interface FieldProps {
  readonly label: string
  /** The label is for screen readers alone. */
  readonly isLabelHidden?: boolean
  readonly hint?: ReactNode
  /** What is wrong with it, in a sentence. */
  readonly error?: string | null | undefined
  readonly className?: string | undefined
}

/** What the control has to carry so that it is named and described. */
export interface FieldIds {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': true | undefined
}

/** Look of everything that text is typed into. */
export const CONTROL =
  'w-full rounded-6 border border-edge bg-raised text-15 text-text transition-[border-color] hover:border-muted ' +
  'focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 ' +
  'aria-invalid:border-bad disabled:opacity-60'

/** A label above a control, a hint or an error below it. The error is told when it comes. */
export function Field({
  label,
  isLabelHidden = false,
  hint,
  error,
  className,
  children,
}: FieldProps & { readonly children: (ids: FieldIds) => ReactNode }) {
  const id = useId()
  const hasNote = Boolean(error) || hint !== undefined
  return (
    <div className={cx('flex min-w-0 flex-col gap-1.5', className)}>
      <label htmlFor={id} className={isLabelHidden ? 'sr-only' : 'text-13 font-medium text-text'}>
        {label}
      </label>
      {children({
        id,
        'aria-describedby': hasNote ? `${id}-note` : undefined,
        'aria-invalid': error ? true : undefined,
      })}
      <div
        id={`${id}-note`}
        aria-live="polite"
        className={cx('text-13 breakable', error ? 'text-bad' : 'text-muted', !hasNote && 'hidden')}
      >
        {error || hint}
      </div>
    </div>
  )
}
