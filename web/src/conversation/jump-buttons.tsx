import { ArrowDown, ArrowUp } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { cx } from '../ui/index.ts'

const LOOK =
  'pointer-events-auto inline-flex h-8 items-center gap-1.5 rounded-full border px-3 text-13 font-medium shadow-high pointer-coarse:h-10'

/** Above the list: there is something unread that one does not see. */
export function UnreadButton({ onPress }: { readonly onPress: () => void }) {
  const { t } = useTranslation('conversation')
  return (
    <div className="pointer-events-none absolute inset-x-0 top-2 z-20 flex justify-center">
      <button type="button" onClick={onPress} className={cx(LOOK, 'bg-raised text-accent hover:bg-hover')}>
        <ArrowUp size={16} aria-hidden="true" />
        {t('list.firstUnread')}
      </button>
    </div>
  )
}

/** Below it: the way back to the end, and how much came there. */
export function EndButton({ count, onPress }: { readonly count: number; readonly onPress: () => void }) {
  const { t } = useTranslation('conversation')
  const isNew = count > 0
  return (
    <div className="pointer-events-none absolute inset-x-0 bottom-3 z-20 flex justify-center">
      <button
        type="button"
        onClick={onPress}
        className={cx(
          LOOK,
          isNew
            ? 'border-transparent bg-accent text-on-accent hover:bg-accent-strong'
            : 'bg-raised text-text hover:bg-hover',
        )}
      >
        <ArrowDown size={16} aria-hidden="true" />
        {isNew ? t('list.countNew', { count }) : t('list.toEnd')}
      </button>
    </div>
  )
}
