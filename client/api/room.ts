import type { Typist } from './conversation.ts'
import type { ParleyErrorInfo } from './error.ts'
import type { Observable } from './observable.ts'

/** Something said in a whisper room. It is kept in memory alone, here as on the server. */
export interface Whisper {
  readonly key: string
  readonly author: { readonly id: string; readonly name: string }
  readonly isOwn: boolean
  readonly content: string
  /** ISO 8601. */
  readonly createdAt: string
  /** `failed`: the room did not get it; `retry` sends it again. */
  readonly status: 'sending' | 'sent' | 'failed'
  readonly failure: ParleyErrorInfo | null
}

/** `pin`: the room has a PIN that was not given; `refused`: it cannot be entered (`failure` says why). */
export type RoomState = 'outside' | 'entering' | 'inside' | 'pin' | 'refused'

export interface RoomView {
  readonly state: RoomState
  readonly failure: ParleyErrorInfo | null
  /** Whoever is in it now, oneself included. */
  readonly members: readonly { readonly userId: string; readonly username: string }[]
  /** What was said while one was in it, oldest first: the newest 500. */
  readonly messages: readonly Whisper[]
  readonly typing: readonly Typist[]
}

/** A whisper room (document 004). The same object for the same code. */
export interface Room {
  /** As everyone means it: trimmed, upper case. */
  readonly code: string
  readonly view: Observable<RoomView>
  /** Enters, and enters again after every break until `leave`. */
  enter(): void
  /** Gives the PIN, then enters. Rejects with `WRONG_PIN`, `NOT_FOUND`, `RATE_LIMITED`. */
  admit(pin: string): Promise<void>
  /** Everything that was said is forgotten here, too. */
  leave(): void
  /** 1 to 5,000 characters. Not kept anywhere: what cannot be sent now is `failed`. */
  send(content: string): void
  retry(key: string): void
  keystroke(): void
  stopTyping(): void
}
