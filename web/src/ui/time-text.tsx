import type { Moment } from './time.ts'
import { useTimes } from './use-times.ts'

export interface TimeTextProps {
  readonly at: Moment
  /** Default `time`. */
  readonly as?: 'time' | 'short' | 'day' | 'ago'
  readonly className?: string
}

/** A time in the reader's zone, full on hover. */
export function TimeText({ at, as = 'time', className }: TimeTextProps) {
  const times = useTimes()
  return (
    <time dateTime={new Date(at).toISOString()} title={times.full(at)} className={className ?? 'figures'}>
      {times[as](at)}
    </time>
  )
}
