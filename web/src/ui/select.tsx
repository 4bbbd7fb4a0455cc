import { Select as Base } from '@base-ui/react/select'
import { Check, ChevronDown } from 'lucide-react'
import { useId } from 'react'
import { cx } from './cx.ts'
import { CONTROL } from './field.tsx'

export interface SelectProps<T extends string> {
  readonly label: string
  readonly isLabelHidden?: boolean
  readonly value: T
  readonly onChange: (value: T) => void
  readonly options: readonly { readonly value: T; readonly label: string }[]
  readonly isDisabled?: boolean
}

/** One of many choices. */
export function Select<T extends string>({
  label,
  isLabelHidden = false,
  value,
  onChange,
  options,
  isDisabled = false,
}: SelectProps<T>) {
  const id = useId()
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <span id={id} className={isLabelHidden ? 'sr-only' : 'text-13 font-medium'}>
        {label}
      </span>
      <Base.Root
        items={[...options]}
        value={value}
        onValueChange={(next) => next !== null && onChange(next)}
        disabled={isDisabled}
      >
        <Base.Trigger
          aria-labelledby={id}
          className={cx(
            CONTROL,
            'flex h-9 items-center justify-between gap-2 px-3 text-start pointer-coarse:h-11',
          )}
        >
          <span className="min-w-0 truncate">
            <Base.Value />
          </span>
          <Base.Icon className="text-muted">
            <ChevronDown size={16} aria-hidden="true" />
          </Base.Icon>
        </Base.Trigger>
        <Base.Portal>
          <Base.Positioner className="z-50" sideOffset={4} alignItemWithTrigger={false}>
            <Base.Popup className="appears max-h-(--available-height) min-w-(--anchor-width) overflow-y-auto rounded-10 border border-line bg-raised p-1 shadow-high outline-none">
              {options.map((option) => (
                <Base.Item
                  key={option.value}
                  value={option.value}
                  className="flex cursor-default items-center justify-between gap-3 rounded-6 px-2.5 py-1.5 outline-none select-none data-highlighted:bg-hover pointer-coarse:py-2.5"
                >
                  <Base.ItemText>{option.label}</Base.ItemText>
                  <Base.ItemIndicator className="text-accent">
                    <Check size={16} aria-hidden="true" />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </div>
  )
}
