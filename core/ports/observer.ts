/** What core and dialects tell about themselves. Names and ids only: never content, tokens or values. */
export interface Observer {
  debug(event: string, fields: Readonly<Record<string, string | number | boolean | null>>): void
  /** Something that should not happen and was survived. */
  error(
    event: string,
    error: unknown,
    fields?: Readonly<Record<string, string | number | boolean | null>>,
  ): void
  /** A security event: refusals, limits, revocations (wire, "Logs"). */
  audit(event: string, fields: Readonly<Record<string, string | number | boolean | null>>): void
  /** Adds to a counter. */
  count(metric: CounterName, labels?: Readonly<Record<string, string>>, by?: number): void
  /** Adds a sample: seconds for `…_seconds`, else a count. */
  observe(metric: SampleName, value: number, labels?: Readonly<Record<string, string>>): void
}

export type CounterName =
  | 'parley_messages_total'
  | 'parley_deliveries_total'
  | 'parley_receipts_total'
  | 'parley_refusals_total'
  | 'parley_slow_consumers_total'
  | 'parley_commits_total'
  | 'parley_presence_lists_total'
  | 'parley_calls_total'
export type SampleName =
  | 'parley_commit_seconds'
  | 'parley_commit_batch_size'
  | 'parley_send_seconds'
  | 'parley_call_seconds'

/** For tests and for use of core without a server. */
export const silentObserver: Observer = {
  debug() {},
  error() {},
  audit() {},
  count() {},
  observe() {},
}
