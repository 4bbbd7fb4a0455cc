import { useTranslation } from 'react-i18next'
import { cx, Loading, Skeleton } from '../ui/index.ts'

const WIDTHS = ['w-2/5', 'w-3/5', 'w-1/3', 'w-1/2', 'w-2/3']

/** The shape of a conversation, while its page is on the way. */
export function PageSkeleton() {
  const { t } = useTranslation('shell')
  return (
    <Loading label={t('loadingPage')} className="flex h-full flex-col">
      <div className="flex h-14 shrink-0 items-center gap-3 border-b px-4">
        <Skeleton className="size-8 rounded-full" />
        <Skeleton className="h-4 w-40" />
      </div>
      <div className="flex min-h-0 flex-1 flex-col justify-end gap-5 overflow-hidden p-4">
        {WIDTHS.map((width) => (
          <div key={width} className="flex gap-3">
            <Skeleton className="size-9 rounded-full" />
            <div className="flex flex-1 flex-col gap-2">
              <Skeleton className="h-3 w-28" />
              <Skeleton className={cx('h-3', width)} />
            </div>
          </div>
        ))}
      </div>
      <div className="p-4 pt-0">
        <Skeleton className="h-11 w-full" />
      </div>
    </Loading>
  )
}
