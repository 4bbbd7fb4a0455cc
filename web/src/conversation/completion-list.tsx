import { Hash } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar, cx } from '../ui/index.ts'
import type { Choice } from './use-choices.ts'

export interface CompletionListProps {
  readonly id: string
  readonly choices: readonly Choice[]
  readonly active: number
  readonly onPick: (choice: Choice) => void
}

export const choiceId = (listId: string, index: number): string => `${listId}-${index}`

function Sign({ choice }: { readonly choice: Choice }) {
  if (choice.kind === 'person')
    return <Avatar id={choice.id} name={choice.name} src={choice.avatar} size={24} />
  return (
    <span aria-hidden="true" className="flex size-6 items-center justify-center text-18">
      {choice.kind === 'channel' ? <Hash size={16} className="text-muted" /> : choice.sign}
    </span>
  )
}

/** Above the field: what the word at the caret could become. The focus stays in the field. */
export function CompletionList({ id, choices, active, onPick }: CompletionListProps) {
  const { t } = useTranslation('conversation')
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    ref.current?.children[active]?.scrollIntoView({ block: 'nearest' })
  }, [active])
  return (
    <div
      ref={ref}
      id={id}
      role="listbox"
      aria-label={t('completion.label')}
      className="absolute inset-x-0 bottom-full z-30 mb-1 max-h-64 overflow-y-auto rounded-10 border bg-raised p-1 shadow-high"
    >
      {choices.map((choice, index) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the active one.
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's.
        <div
          key={choice.id}
          id={choiceId(id, index)}
          role="option"
          aria-selected={index === active}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onPick(choice)}
          className={cx(
            'flex h-9 cursor-default items-center gap-2.5 rounded-6 px-2 pointer-coarse:h-11',
            index === active ? 'bg-selected' : 'hover:bg-hover',
          )}
        >
          <Sign choice={choice} />
          <span dir="auto" className="truncate">
            {choice.name}
          </span>
        </div>
      ))}
    </div>
  )
}
