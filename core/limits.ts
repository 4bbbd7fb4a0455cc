import type { Clock } from './ports/clock.ts'
import type { SharedCount, SharedCounts } from './ports/shared-counts.ts'

/** One name for each limit of the wire page. */
export type LimitName =
  | 'rest'
  | 'register'
  | 'login'
  | 'chat'
  | 'channel'
  | 'hub'
  | 'whisper'
  | 'pin'
  | 'room'
  | 'typing'
  | 'signal'
  | 'call'
  | 'sync'
  | 'connect'

export interface LimitSetting {
  /** How many in one window. */
  readonly points: number
  readonly windowMs: number
}

export type LimitSettings = Readonly<Record<LimitName, LimitSetting>>

const SECOND = 1_000
const MINUTE = 60 * SECOND

/** The limits as the wire page gives them ("REST common to all"). */
export const DEFAULT_LIMITS: LimitSettings = {
  rest: { points: 600, windowMs: MINUTE },
  register: { points: 60, windowMs: 60 * MINUTE },
  login: { points: 10, windowMs: 15 * MINUTE },
  chat: { points: 20, windowMs: SECOND },
  channel: { points: 10, windowMs: SECOND },
  hub: { points: 10, windowMs: SECOND },
  whisper: { points: 30, windowMs: MINUTE },
  pin: { points: 5, windowMs: 15 * MINUTE },
  room: { points: 60, windowMs: 60 * MINUTE },
  typing: { points: 5, windowMs: SECOND },
  signal: { points: 50, windowMs: SECOND },
  call: { points: 20, windowMs: MINUTE },
  sync: { points: 120, windowMs: MINUTE },
  connect: { points: 600, windowMs: MINUTE },
}

export type LimitAnswer =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly retryAfterMs: number
      /** The first refusal of this window: the one to write down, so that a flood does not become one in the log. */
      readonly isFirst: boolean
    }

interface Window {
  count: number
  endsAt: number
}

/**
 * Limits that somebody would evade by going from node to node: guesses, and what is made for good. Those of a second are
 * each node's own, as a connection stays where it is.
 */
const SHARED: ReadonlySet<LimitName> = new Set(['register', 'login', 'pin', 'room', 'connect', 'call'])

const OK: LimitAnswer = { ok: true }

/** Most subjects remembered per limit; above it those whose window began first are forgotten. */
export const MAX_SUBJECTS = 100_000

/**
 * Fixed-window counters: a window starts with the first hit of its subject (wire, whisper and "Limits").
 * Synchronous, so that a limit on the hot path costs one map look-up. What other nodes counted of the shared ones is
 * learnt after a hit: of what is refused, each node lets through one at most.
 */
export class Limits {
  readonly #clock: Clock
  readonly #settings: LimitSettings | 'off'
  readonly #shared: SharedCounts | null
  readonly #windows = new Map<LimitName, Map<string, Window>>()

  /** `shared` null: there are no other nodes. */
  constructor(clock: Clock, settings: LimitSettings | 'off', shared: SharedCounts | null = null) {
    this.#clock = clock
    this.#settings = settings
    this.#shared = shared
  }

  /** Counts one and says whether it was within the limit. A refused hit counts as well, but extends nothing. */
  hit(name: LimitName, subject: string): LimitAnswer {
    if (this.#settings === 'off') return OK
    const answer = this.#count(name, subject, this.#settings[name])
    // What is refused here need not be counted anywhere else: a flood of it stays on this node.
    if (answer.ok && this.#shared !== null && SHARED.has(name)) {
      void this.#shared
        .count(name, subject, this.#settings[name])
        .then((total) => total !== null && this.#learn(name, subject, total))
    }
    return answer
  }

  #count(name: LimitName, subject: string, { points, windowMs }: LimitSetting): LimitAnswer {
    const now = this.#clock.now()
    const windows = this.#windowsOf(name)
    const current = windows.get(subject)
    if (current === undefined || current.endsAt <= now) {
      if (current !== undefined) windows.delete(subject)
      else if (windows.size >= MAX_SUBJECTS) this.#forget(windows, now)
      windows.set(subject, { count: 1, endsAt: now + windowMs })
      return points >= 1 ? OK : { ok: false, retryAfterMs: windowMs, isFirst: true }
    }
    current.count += 1
    if (current.count <= points) return OK
    return { ok: false, retryAfterMs: current.endsAt - now, isFirst: current.count === points + 1 }
  }

  /** Would the next hit be within the limit? Counts nothing. */
  peek(name: LimitName, subject: string): LimitAnswer {
    if (this.#settings === 'off') return OK
    const current = this.#windows.get(name)?.get(subject)
    const now = this.#clock.now()
    if (current === undefined || current.endsAt <= now) return OK
    return current.count < this.#settings[name].points
      ? OK
      : { ok: false, retryAfterMs: current.endsAt - now, isFirst: false }
  }

  /** Over all nodes there were more than here. */
  #learn(name: LimitName, subject: string, { count, endsInMs }: SharedCount): void {
    const window = this.#windows.get(name)?.get(subject)
    if (window === undefined || window.count >= count) return
    window.count = count
    window.endsAt = this.#clock.now() + endsInMs
  }

  #windowsOf(name: LimitName): Map<string, Window> {
    let windows = this.#windows.get(name)
    if (windows === undefined) {
      windows = new Map()
      this.#windows.set(name, windows)
    }
    return windows
  }

  /** Frees at least a tenth: the map is in order of the windows' beginnings, so the ended ones come first. */
  #forget(windows: Map<string, Window>, now: number): void {
    let over = windows.size / 10
    for (const [subject, window] of windows) {
      if (over <= 0 && window.endsAt > now) return
      windows.delete(subject)
      over -= 1
    }
  }
}
