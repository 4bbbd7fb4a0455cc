import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from '../ui/index.ts'
import type { Entry, EntryGroup } from './entries.ts'

export interface PaletteListProps {
  readonly id: string
  readonly groups: readonly EntryGroup[]
  readonly chosen: Entry | undefined
  readonly onPoint: (id: string) => void
  readonly onRun: (entry: Entry) => void
  readonly isOffline: boolean
}

/** What fits, by kind. The pointer and the arrows choose the same one. */
export function PaletteList({ id, groups, chosen, onPoint, onRun, isOffline }: PaletteListProps) {
  const { t } = useTranslation('shell')
  const list = useRef<HTMLDivElement>(null)
  const chosenId = chosen?.id
  useEffect(() => {
    if (chosenId === undefined) return
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [chosenId])
  return (
    <>
      <div
        ref={list}
        id={id}
        role="listbox"
        aria-label={t('palette.title')}
        className={cx('min-h-0 scroll-py-2 overflow-y-auto overscroll-contain', groups.length > 0 && 'p-2')}
      >
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of a listbox is no fieldset.
          <div key={group.id} role="group" aria-labelledby={`${id}-${group.id}`} className="pb-1.5">
            <div id={`${id}-${group.id}`} className="px-2.5 pt-1.5 pb-1 text-12 font-medium text-muted">
              {group.title}
            </div>
            {group.entries.map((entry) => (
              <Option
                key={entry.id}
                id={`${id}-${entry.id}`}
                entry={entry}
                isChosen={entry.id === chosenId}
                onPoint={() => onPoint(entry.id)}
                onRun={() => onRun(entry)}
              />
            ))}
          </div>
        ))}
      </div>
      {groups.length === 0 ? (
        <p className="px-4 py-8 text-center text-muted">{t('palette.nothing')}</p>
      ) : null}
      {isOffline ? <p className="px-4 py-2 text-13 text-muted">{t('palette.offline')}</p> : null}
    </>
  )
}

interface OptionProps {
  readonly id: string
  readonly entry: Entry
  readonly isChosen: boolean
  readonly onPoint: () => void
  readonly onRun: () => void
}

function Option({ id, entry, isChosen, onPoint, onRun }: OptionProps) {
  return (
    // The field has the focus and the keys; this is for the pointer.
    // biome-ignore lint/a11y/useFocusableInteractive: aria-activedescendant of the field names it.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys.
    <div
      id={id}
      role="option"
      aria-selected={isChosen}
      onPointerMove={isChosen ? undefined : onPoint}
      onPointerDown={(event) => event.preventDefault()}
      onClick={onRun}
      className={cx(
        'flex h-9 cursor-default items-center gap-3 rounded-6 px-2.5 pointer-coarse:h-11',
        isChosen && 'bg-hover [--behind:var(--hover)]',
      )}
    >
      <span className="flex w-6 shrink-0 justify-center">{entry.start}</span>
      <span dir="auto" className="min-w-0 flex-1 truncate page-start">
        {entry.name}
      </span>
      {entry.end}
    </div>
  )
}
