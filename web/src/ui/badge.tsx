import { cx } from './cx.ts'

const TONES = {
  neutral: 'bg-selected text-text',
  accent: 'bg-accent text-on-accent',
  bad: 'bg-bad text-on-bad',
} as const

export interface BadgeProps {
  /** 0 shows nothing; from 100 on, `99+`. */
  readonly count: number
  /** What is counted, for screen readers: "3 unread messages". */
  readonly label: string
  /** `accent` for mentions; default `neutral`. */
  readonly tone?: keyof typeof TONES
}

/** A count in a pill. */
export function Badge({ count, label, tone = 'neutral' }: BadgeProps) {
  if (count <= 0) return null
  return (
    <span
      className={cx(
        'figures inline-flex h-4.5 min-w-4.5 shrink-0 items-center justify-center rounded-full px-1.5 text-12 font-semibold',
        TONES[tone],
      )}
    >
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span className="sr-only">{label}</span>
    </span>
  )
}
