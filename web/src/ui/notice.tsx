import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { cx } from './cx.ts'

const TONES = {
  info: { box: 'bg-accent-soft', mark: 'text-accent', Icon: Info },
  good: { box: 'bg-good-soft', mark: 'text-good', Icon: CircleCheck },
  warn: { box: 'bg-warn-soft', mark: 'text-warn', Icon: TriangleAlert },
  bad: { box: 'bg-bad-soft', mark: 'text-bad', Icon: CircleAlert },
} as const

export interface NoticeProps {
  readonly tone?: keyof typeof TONES
  /** A button or link at the end. */
  readonly action?: ReactNode
  /** `alert` is told at once; without it, only when it is come upon. */
  readonly role?: 'alert' | 'status'
  readonly children: ReactNode
}

/** A sentence with a colour, in place: an error of a form, a warning above a list. */
export function Notice({ tone = 'info', action, role, children }: NoticeProps) {
  const { box, mark, Icon } = TONES[tone]
  return (
    <div role={role} className={cx('flex items-start gap-2.5 rounded-6 px-3 py-2 text-text', box)}>
      <Icon size={18} aria-hidden="true" className={cx('mt-0.5 shrink-0', mark)} />
      <div className="min-w-0 flex-1 breakable">{children}</div>
      {action}
    </div>
  )
}
