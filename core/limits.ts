import type { Clock } from './ports/clock.ts'

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
  readonly endsAt: number
}

const OK: LimitAnswer = { ok: true }

/** Most subjects remembered per limit; above it those whose window began first are forgotten. */
export const MAX_SUBJECTS = 100_000

/**
 * Fixed-window counters: a window starts with the first hit of its subject (wire, whisper and "Limits").
 * Synchronous, so that a limit on the hot path costs one map look-up.
 */
export class Limits {
  readonly #clock: Clock
  readonly #settings: LimitSettings | 'off'
  readonly #windows = new Map<LimitName, Map<string, Window>>()

  constructor(clock: Clock, settings: LimitSettings | 'off') {
    this.#clock = clock
    this.#settings = settings
  }

  /** Counts one and says whether it was within the limit. A refused hit counts as well, but extends nothing. */
  hit(name: LimitName, subject: string): LimitAnswer {
    if (this.#settings === 'off') return OK
    const { points, windowMs } = this.#settings[name]
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
