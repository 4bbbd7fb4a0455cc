import type { Typist } from './api/conversation.ts'
import type { Environment } from './environment.ts'
import { Value } from './value.ts'

/** The server ends typing after 30 s; a lost end must not keep anybody typing for much longer (ms). */
const LONGEST = 32_000
/** Most who are shown to type in one place. */
const MAX_TYPISTS = 20

/** Who types in one place. */
export class Typists {
  readonly value = new Value<readonly Typist[]>([])
  readonly #environment: Environment
  readonly #ends = new Map<string, () => void>()

  constructor(environment: Environment) {
    this.#environment = environment
  }

  start(typist: Typist): void {
    const { userId } = typist
    const current = this.value.get()
    if (!this.#ends.has(userId) && current.length >= MAX_TYPISTS) return
    this.#ends.get(userId)?.()
    this.#ends.set(
      userId,
      this.#environment.after(LONGEST, () => this.stop(userId)),
    )
    if (!current.some((one) => one.userId === userId)) this.value.set([...current, typist])
  }

  stop(userId: string): void {
    this.#ends.get(userId)?.()
    if (this.#ends.delete(userId)) this.value.set(this.value.get().filter((one) => one.userId !== userId))
  }

  clear(): void {
    for (const end of this.#ends.values()) end()
    this.#ends.clear()
    if (this.value.get().length > 0) this.value.set([])
  }
}
