import type { Call, CallOptions, IncomingCall } from '../api/call.ts'
import { ParleyError } from '../api/error.ts'
import type { Value } from '../value.ts'
import type { CallEnvironment } from './call-environment.ts'
import type { ServerPayload } from './frames.ts'

/** The server ends a ring after 30 s; one whose end was lost ends here (ms). */
const RING_TIME = 35_000
const MAX_RINGS = 10

export type Ring = ServerPayload<'incoming-call-request'>

interface Entry {
  readonly ring: Ring
  readonly call: IncomingCall
  readonly cancel: () => void
}

/** Calls that ring here. */
export class Incoming {
  readonly #list: Value<readonly IncomingCall[]>
  readonly #environment: CallEnvironment
  readonly #answer: (ring: Ring, wanted: CallOptions | null) => Call | null
  #entries: readonly Entry[] = []

  /** `answer` accepts it as wanted, or declines (null). */
  constructor(
    environment: CallEnvironment,
    list: Value<readonly IncomingCall[]>,
    answer: (ring: Ring, wanted: CallOptions | null) => Call | null,
  ) {
    this.#list = list
    this.#environment = environment
    this.#answer = answer
  }

  add(ring: Ring): void {
    if (this.#entries.length >= MAX_RINGS || this.#entries.some((entry) => isOf(entry, ring.callId))) return
    const { fromUsername: username, accountId = null, callId } = ring
    const call: IncomingCall = {
      since: this.#environment.now(),
      callId,
      from: { accountId, username },
      accept: async (options) => {
        const answered = this.drop(callId) ? this.#answer(ring, options) : null
        if (answered === null) throw new ParleyError('CALL_OVER', 'This call is over already.')
        return answered
      },
      decline: () => {
        if (this.drop(callId)) this.#answer(ring, null)
      },
    }
    this.#set([
      ...this.#entries,
      { ring, call, cancel: this.#environment.after(RING_TIME, () => this.drop(callId)) },
    ])
  }

  /** The oldest that rings from an account. */
  from(accountId: string): IncomingCall | undefined {
    return this.#entries.find(({ ring }) => ring.accountId === accountId)?.call
  }

  /** False: it does not ring. */
  drop(callId: string | undefined): boolean {
    return this.#keep((entry) => !isOf(entry, callId))
  }

  dropFrom(accountId: string | null): void {
    this.#keep(({ ring }) => accountId === null || ring.accountId !== accountId)
  }

  clear(): void {
    this.#keep(() => false)
  }

  #keep(isKept: (entry: Entry) => boolean): boolean {
    const kept = this.#entries.filter(isKept)
    if (kept.length === this.#entries.length) return false
    for (const entry of this.#entries) if (!kept.includes(entry)) entry.cancel()
    this.#set(kept)
    return true
  }

  #set(entries: readonly Entry[]): void {
    this.#entries = entries
    this.#list.set(entries.map(({ call }) => call))
  }
}

const isOf = ({ ring }: Entry, callId: string | undefined): boolean => ring.callId === callId
