import type { LimitName, LimitSetting } from '../limits.ts'

/** Where a subject stands in its window, over all nodes. */
export interface SharedCount {
  readonly count: number
  /** ms until the window ends. */
  readonly endsInMs: number
}

/** Counts of limits that hold over all nodes. */
export interface SharedCounts {
  /** Counts one. Null: it cannot be said now, and each node's own count has to do. Never rejects. */
  count(name: LimitName, subject: string, setting: LimitSetting): Promise<SharedCount | null>
}
