import { type LimitName, type LimitSetting, MAX_SUBJECTS, type SharedCount } from '@parley/core'
import { LRUCache } from 'lru-cache'

/** Fixed windows by limit and subject: one begins with its first hit. At most `MAX_SUBJECTS` a limit. */
export class CountTable {
  readonly #windows = new Map<LimitName, LRUCache<string, number>>()

  hit(name: LimitName, subject: string, { windowMs }: LimitSetting): SharedCount {
    const windows = this.#windows.get(name) ?? new LRUCache({ max: MAX_SUBJECTS, ttl: windowMs })
    this.#windows.set(name, windows)
    const count = (windows.get(subject) ?? 0) + 1
    windows.set(subject, count, { noUpdateTTL: true })
    return { count, endsInMs: windows.getRemainingTTL(subject) }
  }
}
