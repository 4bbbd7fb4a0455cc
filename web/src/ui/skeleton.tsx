import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.ts'
import { useDelay } from './use-delay.ts'

/** One grey shape; size and rounding by `className`. Goes into `Loading`. */
export function Skeleton({ className }: { readonly className: string }) {
  return <span aria-hidden="true" className={cx('block animate-rest rounded-6 bg-selected', className)} />
}

export interface LoadingProps {
  /** What is loading, for screen readers; default "Loading". */
  readonly label?: string
  readonly className?: string
  /** The shape of what will come, made of `Skeleton`. */
  readonly children: ReactNode
}

/** Holds the place of what loads. Its shapes show after 150 ms, so that what is quick does not flash. */
export function Loading({ label, className, children }: LoadingProps) {
  const { t } = useTranslation('common')
  const isLate = useDelay(150)
  return (
    <div role="status" className={className}>
      <span className="sr-only">{isLate ? (label ?? t('loading')) : ''}</span>
      <div aria-hidden="true" className={cx('contents', !isLate && 'invisible')}>
        {children}
      </div>
    </div>
  )
}

/** Rows with a round picture and two lines: people, conversations, members. */
export function SkeletonRows({ count = 6 }: { readonly count?: number }) {
  return Array.from({ length: Math.min(count, 20) }, (_, index) => index).map((index) => (
    <div key={index} className="flex items-center gap-3 px-3 py-2">
      <Skeleton className="size-8 rounded-full" />
      <div className="flex flex-1 flex-col gap-1.5">
        <Skeleton className={cx('h-3', ['w-1/3', 'w-1/2', 'w-2/5'][index % 3])} />
        <Skeleton className={cx('h-3', ['w-3/4', 'w-2/3', 'w-4/5'][index % 3])} />
      </div>
    </div>
  ))
}
