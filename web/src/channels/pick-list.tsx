import { Autocomplete } from '@base-ui/react/autocomplete'
import { Search } from 'lucide-react'
import { type ReactNode, type RefObject, useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { CONTROL, cx, ErrorState, Loading, SkeletonRows, sentenceOf } from '../ui/index.ts'
import { EndMark } from './end-mark.tsx'
import type { Paged } from './queries.ts'

export interface PickListProps<T> {
  /** Of the field. */
  readonly label: string
  readonly placeholder: string
  readonly search: string
  readonly onSearch: (text: string) => void
  readonly found: Paged<T>
  readonly keyOf: (item: T) => string
  /** What a press or Enter does. */
  readonly onPick: (item: T) => void
  /** Shown when nothing was found. */
  readonly empty: ReactNode
  /** What did not work, when it could not be loaded. */
  readonly failure: string
  readonly inputRef?: RefObject<HTMLInputElement | null>
  readonly className?: string
  /** What a row holds. */
  readonly children: (item: T) => ReactNode
}

/** A field and below it what it finds: arrow keys choose, Enter takes, the list goes on as it is scrolled. */
export function PickList<T>({
  label,
  placeholder,
  search,
  onSearch,
  inputRef,
  className,
  ...list
}: PickListProps<T>) {
  const id = useId()
  const enterLater = useEnterLater(search, list.found, list.onPick)
  return (
    <Autocomplete.Root
      inline
      open
      mode="none"
      autoHighlight="always"
      keepHighlight
      items={list.found.items}
      itemToStringValue={list.keyOf}
      value={search}
      onValueChange={(text, { reason }) => {
        // Taking a row or leaving the field writes into it, too.
        if (reason === 'input-change' || reason === 'input-clear' || reason === 'clear-press') onSearch(text)
      }}
    >
      <div className={cx('flex min-h-0 flex-col', className)}>
        <div className="relative flex items-center px-5 pb-2">
          <label htmlFor={id} className="sr-only">
            {label}
          </label>
          <Search
            size={16}
            aria-hidden="true"
            className="pointer-events-none absolute start-7.5 text-muted"
          />
          <Autocomplete.Input
            id={id}
            ref={inputRef}
            dir="auto"
            autoComplete="off"
            spellCheck={false}
            placeholder={placeholder}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || !list.found.isStale) return
              event.preventDefault()
              event.preventBaseUIHandler()
              enterLater()
            }}
            className={cx(CONTROL, 'h-9 ps-8.5 pe-3 pointer-coarse:h-11')}
          />
        </div>
        <PickRows {...list} />
      </div>
    </Autocomplete.Root>
  )
}

/** Whoever is quicker than the server means what is found for what they typed, not what is still shown. */
function useEnterLater<T>(search: string, found: Paged<T>, onPick: (item: T) => void): () => void {
  const wanted = useRef<string | null>(null)
  const { isStale, items } = found
  useEffect(() => {
    if (wanted.current === null || (isStale && wanted.current === search)) return
    const isStill = wanted.current === search
    wanted.current = null
    const [first] = items
    if (isStill && first !== undefined) onPick(first)
  })
  return () => {
    wanted.current = search
  }
}

type PickRowsProps<T> = Pick<
  PickListProps<T>,
  'found' | 'keyOf' | 'onPick' | 'empty' | 'failure' | 'children'
>

function PickRows<T>({ found, keyOf, onPick, empty, failure, children }: PickRowsProps<T>) {
  const { t } = useTranslation('channel')
  const isEmpty = !found.isLoading && found.error === null && found.items.length === 0 && !found.isStale
  return (
    <div className="min-h-48 flex-1 overflow-y-auto overscroll-contain px-2 pb-2 [--behind:var(--raised)]">
      {found.isLoading ? (
        <Loading>
          <SkeletonRows count={4} />
        </Loading>
      ) : null}
      {found.error !== null && found.items.length === 0 ? (
        <ErrorState title={failure} text={sentenceOf(found.error, '')} onRetry={found.retry} />
      ) : null}
      <div role="status" className={isEmpty ? 'px-3 py-6 text-center text-muted' : 'sr-only'}>
        {isEmpty ? empty : found.isLoading ? '' : t('found', { count: found.items.length })}
      </div>
      <Autocomplete.List className={cx('transition-opacity', found.isStale && 'opacity-60')}>
        {(item: T) => (
          <Autocomplete.Item
            key={keyOf(item)}
            value={item}
            onClick={() => onPick(item)}
            className="flex cursor-default items-center gap-3 rounded-6 px-3 py-1.5 outline-none select-none data-highlighted:bg-hover pointer-coarse:py-2.5"
          >
            {children(item)}
          </Autocomplete.Item>
        )}
      </Autocomplete.List>
      <EndMark isActive={found.hasMore} onReach={found.loadMore} />
    </div>
  )
}
