import { type ComponentProps, useLayoutEffect, useRef } from 'react'
import { cx } from './cx.ts'
import { CONTROL, Field, type FieldProps } from './field.tsx'

const hasFieldSizing = (): boolean =>
  typeof CSS !== 'undefined' && CSS.supports?.('field-sizing', 'content') === true

/**
 * Makes a text area as high as its text, where CSS alone cannot (`field-sizing`). Bound it by `max-height`; then it scrolls.
 * Give the answer to `ref`.
 */
export function useAutoGrow(value: string) {
  const ref = useRef<HTMLTextAreaElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text decides the height.
  useLayoutEffect(() => {
    const area = ref.current
    if (area === null || hasFieldSizing()) return
    area.style.height = 'auto'
    area.style.height = `${area.scrollHeight}px`
  }, [value])
  return ref
}

export interface TextAreaProps
  extends FieldProps,
    Omit<ComponentProps<'textarea'>, 'id' | 'value' | 'onChange' | 'className' | 'ref'> {
  readonly value: string
  readonly onChange: (value: string) => void
}

/** Lines of text with a label; grows to half the window. */
export function TextArea({
  label,
  isLabelHidden = false,
  hint,
  error,
  className,
  value,
  onChange,
  rows = 3,
  ...rest
}: TextAreaProps) {
  const ref = useAutoGrow(value)
  return (
    <Field label={label} isLabelHidden={isLabelHidden} hint={hint} error={error} className={className}>
      {(ids) => (
        <textarea
          {...rest}
          {...ids}
          ref={ref}
          rows={rows}
          dir="auto"
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={cx(CONTROL, 'field-sizing-content max-h-[50dvh] resize-none px-3 py-2')}
        />
      )}
    </Field>
  )
}
