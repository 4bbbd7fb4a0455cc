import { Search } from 'lucide-react'
import { type KeyboardEvent, type RefObject, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sentenceOf, showToast } from '../ui/index.ts'
import type { Entry } from './entries.ts'
import { PaletteList } from './palette-list.tsx'
import { useEntries } from './use-entries.tsx'

export interface PaletteBodyProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly field: RefObject<HTMLInputElement | null>
}

/** The field and what fits it: a combobox whose list is always there. It is made anew each time it opens. */
export function PaletteBody({ isOpen, onClose, field }: PaletteBodyProps) {
  const { t } = useTranslation('shell')
  const listId = useId()
  const [typed, setTyped] = useState('')
  const [chosenId, setChosenId] = useState<string | null>(null)
  const { groups, flat, isOffline } = useEntries(typed, isOpen)
  const found = flat.findIndex(({ id }) => id === chosenId)
  const index = found === -1 ? 0 : found
  const chosen = flat[index]
  const run = (entry: Entry) => {
    onClose()
    Promise.resolve()
      .then(() => entry.run())
      .catch((cause: unknown) => showToast(sentenceOf(cause, t('palette.failed')), { tone: 'bad' }))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const target = targetOf(event, index, flat.length)
    if (target !== null) {
      event.preventDefault()
      setChosenId(flat[target]?.id ?? null)
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing && chosen !== undefined) {
      event.preventDefault()
      run(chosen)
    }
  }
  return (
    <>
      <div className="flex h-13 shrink-0 items-center gap-3 border-b px-4">
        <Search size={18} aria-hidden="true" className="shrink-0 text-muted" />
        <input
          ref={field}
          type="text"
          role="combobox"
          aria-expanded
          aria-autocomplete="list"
          aria-controls={listId}
          aria-activedescendant={chosen === undefined ? undefined : `${listId}-${chosen.id}`}
          aria-label={t('palette.placeholder')}
          placeholder={t('palette.placeholder')}
          dir="auto"
          spellCheck={false}
          autoComplete="off"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value)
            setChosenId(null)
          }}
          onKeyDown={onKeyDown}
          className="h-full min-w-0 flex-1 bg-transparent text-15 outline-none"
        />
      </div>
      <PaletteList
        id={listId}
        groups={groups}
        chosen={chosen}
        onPoint={setChosenId}
        onRun={run}
        isOffline={isOffline}
      />
      <p role="status" className="sr-only">
        {typed.trim() === '' ? '' : t('palette.results', { count: flat.length })}
      </p>
    </>
  )
}

/** Where an arrow leads, round and round; null: it is no such key. */
const targetOf = ({ key }: KeyboardEvent, index: number, length: number): number | null => {
  if (length === 0) return null
  if (key === 'ArrowDown') return (index + 1) % length
  if (key === 'ArrowUp') return (index - 1 + length) % length
  if (key === 'PageDown') return Math.min(index + 6, length - 1)
  return key === 'PageUp' ? Math.max(index - 6, 0) : null
}
