import {
  type Lease,
  type LeaseAnswer,
  type LeaseChange,
  type LeaseKind,
  type LeaseRequest,
  type Leases,
  LeaseWatchers,
} from '@parley/core'
import type { Link } from './link.ts'
import { WIRE } from './wire.ts'

/** The leases of a machine, which its primary holds, as one of its processes uses them. */
export class IpcLeases implements Leases {
  readonly #link: Link
  readonly #watchers = new LeaseWatchers()

  constructor(link: Link) {
    this.#link = link
    link.handle(WIRE.change, (change) => this.#watchers.tell(change as LeaseChange))
    // Said before anything is asked: what is answered later is followed by every change of it.
    link.say(WIRE.watch, null)
  }

  take(request: LeaseRequest): Promise<LeaseAnswer> {
    return this.#link.call(WIRE.take, request) as Promise<LeaseAnswer>
  }

  renew(nodeId: string): Promise<readonly Lease[]> {
    return this.#link.call(WIRE.renew, nodeId) as Promise<readonly Lease[]>
  }

  release(lease: Lease): Promise<{ readonly last: boolean }> {
    return this.#link.call(WIRE.release, lease) as Promise<{ readonly last: boolean }>
  }

  holders(kind: LeaseKind, key: string): Promise<readonly Lease[]> {
    return this.#link.call(WIRE.holders, [kind, key]) as Promise<readonly Lease[]>
  }

  count(kind: LeaseKind): Promise<number> {
    return this.#link.call(WIRE.countHeld, kind) as Promise<number>
  }

  list(kind: LeaseKind, query: { after?: string; limit: number }): Promise<readonly Lease[]> {
    return this.#link.call(WIRE.list, [kind, query]) as Promise<readonly Lease[]>
  }

  watch(kind: LeaseKind, listener: (change: LeaseChange) => void): () => void {
    return this.#watchers.add(kind, listener)
  }

  /** Changes come in order over a pipe that loses nothing while it is there. */
  onGap(): () => void {
    return () => {}
  }

  async close(): Promise<void> {
    this.#watchers.clear()
  }
}
