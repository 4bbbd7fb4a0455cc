import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { type ReactNode, useId } from 'react'

export interface SegmentedProps<T extends string> {
  readonly label: string
  readonly isLabelHidden?: boolean
  readonly value: T
  readonly onChange: (value: T) => void
  readonly options: readonly { readonly value: T; readonly label: string; readonly icon?: ReactNode }[]
}

/** One of two to four short choices, all in sight. */
export function Segmented<T extends string>({
  label,
  isLabelHidden = false,
  value,
  onChange,
  options,
}: SegmentedProps<T>) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1.5">
      <span id={id} className={isLabelHidden ? 'sr-only' : 'text-13 font-medium'}>
        {label}
      </span>
      <RadioGroup
        value={value}
        onValueChange={(next) => onChange(next as T)}
        aria-labelledby={id}
        className="flex gap-1 rounded-6 border border-line bg-background p-1"
      >
        {options.map((option) => (
          <Radio.Root
            key={option.value}
            value={option.value}
            className="flex h-7 min-w-0 flex-1 items-center justify-center gap-1.5 rounded-6 px-2 text-13 text-muted transition-colors hover:text-text data-checked:bg-raised data-checked:font-medium data-checked:text-text data-checked:shadow-low pointer-coarse:h-10"
          >
            {option.icon}
            <span className="truncate">{option.label}</span>
          </Radio.Root>
        ))}
      </RadioGroup>
    </div>
  )
}
