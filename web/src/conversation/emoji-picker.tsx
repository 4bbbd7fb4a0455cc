import { Search } from 'lucide-react'
import { type RefObject, useDeferredValue, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, cx, Skeleton, TextField } from '../ui/index.ts'
import {
  EMOJI_GROUPS,
  type Emoji,
  type EmojiGroup,
  findEmoji,
  loadEmoji,
  recentEmoji,
  rememberEmoji,
} from './emoji-data.ts'
import { EmojiGrid } from './emoji-grid.tsx'

const MOST_FOUND = 64

/** One that stands for its group. */
const SIGNS: Readonly<Record<EmojiGroup, string>> = {
  0: '😀',
  1: '👋',
  3: '🐻',
  4: '🍎',
  5: '🚗',
  6: '⚽',
  7: '💡',
  8: '❤️',
  9: '🏁',
}

type Loaded = readonly Emoji[] | 'loading' | 'failed'

const useEmoji = (): readonly [Loaded, () => void] => {
  const [emoji, setEmoji] = useState<Loaded>('loading')
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is another effect.
  useEffect(() => {
    let isOver = false
    loadEmoji().then(
      (all) => isOver || setEmoji(all),
      () => isOver || setEmoji('failed'),
    )
    return () => {
      isOver = true
    }
  }, [tries])
  return [emoji, () => setTries((before) => before + 1)]
}

interface GroupTabsProps {
  readonly value: EmojiGroup | null
  readonly onChange: (group: EmojiGroup | null) => void
}

function GroupTabs({ value, onChange }: GroupTabsProps) {
  const { t } = useTranslation('conversation')
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a look and a name of its own.
    <div role="group" aria-label={t('emoji.groups')} className="flex justify-between border-t pt-2">
      {EMOJI_GROUPS.map((group) => (
        <button
          key={group}
          type="button"
          aria-pressed={value === group}
          aria-label={t(`emoji.group.${group}`)}
          title={t(`emoji.group.${group}`)}
          onClick={() => onChange(value === group ? null : group)}
          className={cx('size-8 rounded-6 hover:bg-hover', value === group && 'bg-selected')}
        >
          <span aria-hidden="true">{SIGNS[group]}</span>
        </button>
      ))}
    </div>
  )
}

export interface EmojiPickerProps {
  readonly onPick: (emoji: string) => void
  /** For the popover to put the focus into. */
  readonly searchRef: RefObject<HTMLInputElement | null>
}

/** The ones used last, a search over all, and all by groups. */
export function EmojiPicker({ onPick, searchRef }: EmojiPickerProps) {
  const { t } = useTranslation('conversation')
  const [emoji, retry] = useEmoji()
  const [query, setQuery] = useState('')
  const [group, setGroup] = useState<EmojiGroup | null>(null)
  const wanted = useDeferredValue(query)
  const [recent] = useState(() => recentEmoji())
  const pick = (one: string) => {
    rememberEmoji(one)
    onPick(one)
  }
  const shown = useMemo(() => {
    const all = typeof emoji === 'string' ? [] : emoji
    if (wanted.trim() !== '') return findEmoji(all, wanted, MOST_FOUND)
    if (group !== null) return all.filter((one) => one.group === group)
    return recent.map((unicode) => ({
      unicode,
      label: all.find((one) => one.unicode === unicode)?.label ?? unicode,
    }))
  }, [emoji, wanted, group, recent])
  return (
    <div className="flex w-76 max-w-full flex-col gap-2">
      <TextField
        label={t('emoji.search')}
        isLabelHidden
        placeholder={t('emoji.search')}
        value={query}
        onChange={setQuery}
        ref={searchRef}
        autoComplete="off"
        start={<Search size={16} aria-hidden="true" />}
      />
      <div className="h-48 overflow-y-auto">
        {emoji === 'loading' && (wanted !== '' || group !== null) ? (
          <Skeleton className="h-40 w-full" />
        ) : null}
        {emoji === 'failed' ? (
          <div className="p-2 text-13 text-muted">
            <p className="mb-2">{t('emoji.failed')}</p>
            <Button size="small" onClick={retry}>
              {t('emoji.retry')}
            </Button>
          </div>
        ) : null}
        <EmojiGrid label={t('emoji.choices')} choices={shown} onPick={pick} />
        {shown.length === 0 && wanted !== '' && typeof emoji !== 'string' ? (
          <p className="p-2 text-13 text-muted">{t('emoji.none')}</p>
        ) : null}
      </div>
      <GroupTabs value={group} onChange={setGroup} />
    </div>
  )
}
