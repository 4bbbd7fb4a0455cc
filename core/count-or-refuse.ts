import { Fault } from '@parley/model'
import type { LimitName, Limits } from './limits.ts'
import type { Observer } from './ports/observer.ts'

/** What is counted, for whom, and how it is refused. */
export interface Counted {
  readonly limit: LimitName
  readonly subject: string
  /** Said to who is above the limit. */
  readonly sentence: string
  /** Who that is, in the audit log. */
  readonly who: Readonly<Record<string, string>>
}

/** Counts one; throws `RATE_LIMITED` above the limit, and writes the first refusal of a window down. */
export const countOrRefuse = (
  { limits, observer }: { readonly limits: Limits; readonly observer: Observer },
  { limit, subject, sentence, who }: Counted,
): void => {
  const answer = limits.hit(limit, subject)
  if (answer.ok) return
  if (answer.isFirst) observer.audit('limit reached', { limit, ...who })
  throw new Fault('RATE_LIMITED', sentence, answer)
}
