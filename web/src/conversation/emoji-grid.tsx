import { type KeyboardEvent, useRef } from 'react'

/** Buttons of a line. */
const COLUMNS = 8

export interface EmojiChoice {
  readonly unicode: string
  readonly label: string
}

export interface EmojiGridProps {
  readonly label: string
  readonly choices: readonly EmojiChoice[]
  readonly onPick: (emoji: string) => void
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: COLUMNS, ArrowUp: -COLUMNS }

/** Emoji in lines of eight. One of them is reached by Tab, the rest by the arrow keys. */
export function EmojiGrid({ label, choices, onPick }: EmojiGridProps) {
  const ref = useRef<HTMLDivElement>(null)
  const move = (event: KeyboardEvent) => {
    const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? 'ArrowLeft' : 'ArrowRight'
    const isSideways = event.key === 'ArrowLeft' || event.key === 'ArrowRight'
    const step = isSideways ? (event.key === forward ? 1 : -1) : STEPS[event.key]
    if (step === undefined) return
    const buttons = [...(ref.current?.querySelectorAll('button') ?? [])]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    event.preventDefault()
    buttons[Math.min(buttons.length - 1, Math.max(0, at + step))]?.focus()
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a look and a name of its own.
    <div ref={ref} role="group" aria-label={label} onKeyDown={move} className="grid grid-cols-8 gap-0.5">
      {choices.map(({ unicode, label: name }, index) => (
        <button
          key={unicode}
          type="button"
          aria-label={name}
          title={name}
          tabIndex={index === 0 ? 0 : -1}
          onClick={() => onPick(unicode)}
          className="flex size-9 items-center justify-center rounded-6 text-22 hover:bg-hover focus-visible:bg-hover"
        >
          <span aria-hidden="true">{unicode}</span>
        </button>
      ))}
    </div>
  )
}
