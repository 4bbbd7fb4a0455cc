import { useObservable, useParley } from '@parley/client/react'
import { Search, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { EndMark } from '../channels/end-mark.tsx'
import { PanelHeader } from '../shell/index.ts'
import {
  cx,
  EmptyState,
  ErrorState,
  IconButton,
  Loading,
  Skeleton,
  sentenceOf,
  TextField,
} from '../ui/index.ts'
import { SearchHit } from './search-hit.tsx'
import { useSearchText } from './search-text.ts'
import { type MessageSearch, useMessageSearch } from './use-message-search.ts'

/** Searches all messages one may see. For the right panel. */
export function SearchPanel({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation('search')
  const myId = useObservable(useParley().me)?.id ?? ''
  const [text, setText] = useSearchText(myId)
  const found = useMessageSearch(text, myId)
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // Whoever opens it wants to type; whoever follows a result has typed.
    if (field.current?.value === '') field.current.focus()
  }, [])
  const clear = () => {
    setText('')
    field.current?.focus()
  }
  return (
    <div className="flex h-full min-h-0 flex-col">
      <PanelHeader title={t('title')} onClose={onClose} />
      <search className="px-4 pt-3 pb-2">
        <TextField
          ref={field}
          type="search"
          label={t('label')}
          isLabelHidden
          placeholder={t('placeholder')}
          value={text}
          onChange={setText}
          autoComplete="off"
          maxLength={200}
          className="[&_input::-webkit-search-cancel-button]:appearance-none"
          start={<Search size={16} aria-hidden="true" />}
          {...(text === ''
            ? {}
            : {
                end: (
                  <IconButton
                    size="small"
                    label={t('clear')}
                    icon={<X size={16} aria-hidden="true" />}
                    onClick={clear}
                  />
                ),
              })}
        />
      </search>
      <Found found={found} text={text.trim()} />
    </div>
  )
}

function Found({ found, text }: { readonly found: MessageSearch; readonly text: string }) {
  const { t } = useTranslation('search')
  if (!found.isAsked)
    return <EmptyState icon={<Search size={28} />} title={t('begin.title')} text={t('begin.text')} />
  if (found.error !== null && found.items.length === 0)
    return <ErrorState title={t('failed')} text={sentenceOf(found.error, '')} onRetry={found.retry} />
  if (found.items.length === 0 && !found.isLoading && !found.isStale)
    return <EmptyState icon={<Search size={28} />} title={t('none.title', { text })} text={t('none.text')} />
  return (
    <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 pb-4">
      <p role="status" className="figures px-2 pb-1 text-13 text-muted">
        {found.isLoading || found.isStale ? '' : countOf(found, t)}
      </p>
      {found.isLoading ? <HitsLoading /> : null}
      <ul
        className={cx('flex flex-col gap-0.5 transition-opacity empty:hidden', found.isStale && 'opacity-60')}
      >
        {found.items.map((message) => (
          <li key={message.id}>
            <SearchHit message={message} words={found.words} />
          </li>
        ))}
      </ul>
      <EndMark isActive={found.hasMore} onReach={found.loadMore} />
    </div>
  )
}

type Translate = ReturnType<typeof useTranslation<'search'>>['t']

const countOf = ({ items, hasMore }: MessageSearch, t: Translate): string =>
  hasMore ? t('countMore', { count: items.length }) : t('count', { count: items.length })

function HitsLoading() {
  return (
    <Loading className="flex flex-col gap-4 px-2 py-2">
      {['w-4/5', 'w-3/5', 'w-2/3', 'w-1/2'].map((width) => (
        <div key={width} className="flex flex-col gap-2">
          <Skeleton className="h-3 w-1/3" />
          <Skeleton className={cx('h-4', width)} />
        </div>
      ))}
    </Loading>
  )
}
