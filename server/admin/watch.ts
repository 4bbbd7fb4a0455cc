import type { Clock, Observer } from '@parley/core'
import { Rates, rateKindOf } from './rates.ts'
import { RecentTimes } from './recent-times.ts'

/** What the operations page shows of the past: it listens to what core and dialects tell about themselves. */
export class Watch {
  readonly rates: Rates
  /** Seconds. */
  readonly commitTimes = new RecentTimes()
  readonly commits = { ok: 0, failed: 0 }
  slowConsumers = 0

  constructor(clock: Clock) {
    this.rates = new Rates(clock)
  }

  /** The same observer, listened to. */
  over(observer: Observer): Observer {
    return {
      ...observer,
      count: (metric, labels = {}, by = 1) => {
        observer.count(metric, labels, by)
        const kind = rateKindOf(metric, labels)
        if (kind !== null) this.rates.add(kind, by)
        else if (metric === 'parley_slow_consumers_total') this.slowConsumers += by
        else if (metric === 'parley_commits_total')
          this.commits[labels['result'] === 'ok' ? 'ok' : 'failed'] += by
      },
      observe: (metric, value, labels) => {
        observer.observe(metric, value, labels)
        if (metric === 'parley_commit_seconds') this.commitTimes.add(value)
      },
    }
  }
}
