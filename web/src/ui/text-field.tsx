import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'
import { CONTROL, Field, type FieldProps } from './field.tsx'

export interface TextFieldProps
  extends FieldProps,
    Omit<ComponentProps<'input'>, 'id' | 'value' | 'onChange' | 'className' | 'size'> {
  readonly value: string
  readonly onChange: (value: string) => void
  /** Inside, before the text: an icon of 16 px. */
  readonly start?: ReactNode
  /** Inside, after the text: a small button. */
  readonly end?: ReactNode
}

/** One line of text with its label. All other attributes go to the `input`. */
export function TextField({
  label,
  isLabelHidden = false,
  hint,
  error,
  className,
  value,
  onChange,
  start,
  end,
  type = 'text',
  ...rest
}: TextFieldProps) {
  return (
    <Field label={label} isLabelHidden={isLabelHidden} hint={hint} error={error} className={className}>
      {(ids) => (
        <div className="relative flex items-center">
          {start === undefined ? null : (
            <span className="pointer-events-none absolute start-2.5 text-muted">{start}</span>
          )}
          <input
            {...rest}
            {...ids}
            type={type}
            dir="auto"
            value={value}
            onChange={(event) => onChange(event.target.value)}
            className={cx(
              CONTROL,
              'h-9 px-3 pointer-coarse:h-11',
              Boolean(start) && 'ps-8.5',
              Boolean(end) && 'pe-10',
            )}
          />
          {end === undefined ? null : <span className="absolute end-1">{end}</span>}
        </div>
      )}
    </Field>
  )
}
