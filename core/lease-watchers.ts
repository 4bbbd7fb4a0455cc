import type { LeaseAnswer, LeaseChange, LeaseKind } from './ports/leases.ts'

/** Who of this process hears of changes of leases, by kind. */
export class LeaseWatchers {
  readonly #byKind = new Map<LeaseKind, Set<(change: LeaseChange) => void>>()

  /** The answer forgets the listener. */
  add(kind: LeaseKind, listener: (change: LeaseChange) => void): () => void {
    const listeners = this.#byKind.get(kind) ?? new Set()
    this.#byKind.set(kind, listeners.add(listener))
    return () => listeners.delete(listener)
  }

  tell(change: LeaseChange): void {
    for (const listener of this.#byKind.get(change.lease.kind) ?? []) listener(change)
  }

  /** What a lease that was taken changed: those who lost their place first. */
  tellTaken({ lease, first, evicted }: Extract<LeaseAnswer, { kind: 'taken' }>): void {
    for (const lost of evicted) this.tell({ type: 'lost', lease: lost })
    if (first) this.tell({ type: 'first', lease })
  }

  clear(): void {
    this.#byKind.clear()
  }
}
