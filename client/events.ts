import type { ParleyEvents } from './api/parley.ts'

export type Emit = <E extends keyof ParleyEvents>(event: E, argument: ParleyEvents[E]) => void

/** Listeners of what a person may want to be told of. */
export class Events {
  readonly #listeners = new Map<keyof ParleyEvents, Set<(argument: never) => void>>()

  on<E extends keyof ParleyEvents>(event: E, listener: (argument: ParleyEvents[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set()
    const own = (argument: ParleyEvents[E]) => listener(argument)
    listeners.add(own)
    this.#listeners.set(event, listeners)
    return () => listeners.delete(own)
  }

  readonly emit: Emit = (event, argument) => {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) listener(argument as never)
  }
}
