import type { Clock } from '@parley/core'

/** How long a message waits for its receiver to come (ms), as at the PeerJS server. */
export const WAIT = 5_000

interface Load {
  readonly count: number
  readonly bytes: number
}

/** Most that waits for one receiver, and most that waits of one sender. */
export const MAX_WAITING_OF_PEER: Load = { count: 128, bytes: 262_144 }
/** Most that waits on this node. */
export const MAX_WAITING: Load = { count: 8_192, bytes: 16_777_216 }

/** What one sender said to one receiver that is not there. */
interface Attempt<Sender> {
  readonly sender: Sender
  readonly to: string
  readonly texts: string[]
  bytes: number
  readonly timer: { cancel(): void }
}

/** A message that its receiver can have now. */
export interface Due<Sender> {
  readonly sender: Sender
  readonly text: string
}

/**
 * Messages for peers that are not there yet: two pages that load at the same time find each other, whichever is first. All
 * that one sender said to one receiver waits `WAIT` from its first message, and then expires at once.
 */
export class Waiting<Sender> {
  readonly #clock: Clock
  readonly #onExpired: (sender: Sender, to: string) => void
  readonly #byReceiver = new Map<string, Map<Sender, Attempt<Sender>>>()
  readonly #bySender = new Map<Sender, Set<Attempt<Sender>>>()
  #count = 0
  #bytes = 0

  constructor(dependencies: { clock: Clock; onExpired: (sender: Sender, to: string) => void }) {
    this.#clock = dependencies.clock
    this.#onExpired = dependencies.onExpired
  }

  /** How many messages wait. */
  get size(): number {
    return this.#count
  }

  /** False when there is no room for it. */
  add(sender: Sender, to: string, text: string): boolean {
    const bytes = Buffer.byteLength(text)
    const attempts = this.#byReceiver.get(to)
    const fits =
      hasRoom({ count: this.#count, bytes: this.#bytes }, bytes, MAX_WAITING) &&
      hasRoom(loadOf(attempts?.values()), bytes, MAX_WAITING_OF_PEER) &&
      hasRoom(loadOf(this.#bySender.get(sender)), bytes, MAX_WAITING_OF_PEER)
    if (!fits) return false
    const attempt = attempts?.get(sender) ?? this.#begin(sender, to)
    attempt.texts.push(text)
    attempt.bytes += bytes
    this.#count += 1
    this.#bytes += bytes
    return true
  }

  /** Everything that waits for the receiver, in the order of each sender; it waits no more. */
  take(to: string): readonly Due<Sender>[] {
    const attempts = [...(this.#byReceiver.get(to)?.values() ?? [])]
    for (const attempt of attempts) this.#end(attempt)
    return attempts.flatMap(({ sender, texts }) => texts.map((text) => ({ sender, text })))
  }

  /** The sender is gone, and so is what it said. */
  forget(sender: Sender): void {
    for (const attempt of this.#bySender.get(sender) ?? []) this.#end(attempt)
  }

  /** Everything is forgotten, and nothing expires any more. */
  clear(): void {
    for (const sender of this.#bySender.keys()) this.forget(sender)
  }

  #begin(sender: Sender, to: string): Attempt<Sender> {
    const timer = this.#clock.after(WAIT, () => {
      this.#end(attempt)
      this.#onExpired(sender, to)
    })
    const attempt: Attempt<Sender> = { sender, to, texts: [], bytes: 0, timer }
    const attempts = this.#byReceiver.get(to) ?? new Map<Sender, Attempt<Sender>>()
    this.#byReceiver.set(to, attempts.set(sender, attempt))
    const own = this.#bySender.get(sender) ?? new Set<Attempt<Sender>>()
    this.#bySender.set(sender, own.add(attempt))
    return attempt
  }

  #end(attempt: Attempt<Sender>): void {
    const { sender, to, texts, bytes, timer } = attempt
    timer.cancel()
    this.#count -= texts.length
    this.#bytes -= bytes
    const attempts = this.#byReceiver.get(to)
    attempts?.delete(sender)
    if (attempts?.size === 0) this.#byReceiver.delete(to)
    const own = this.#bySender.get(sender)
    own?.delete(attempt)
    if (own?.size === 0) this.#bySender.delete(sender)
  }
}

/** At most as many attempts as messages may wait: the sum is short. */
const loadOf = (attempts: Iterable<Attempt<unknown>> = []): Load => {
  let [count, bytes] = [0, 0]
  for (const attempt of attempts) {
    count += attempt.texts.length
    bytes += attempt.bytes
  }
  return { count, bytes }
}

const hasRoom = (load: Load, bytes: number, most: Load): boolean =>
  load.count < most.count && load.bytes + bytes <= most.bytes
