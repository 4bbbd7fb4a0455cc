import type { Parley, ParleyOptions } from '../api/parley.ts'

/** A client that is given up is closed this much later (ms), so that who mounts again at once goes on with it. */
const GRACE = 50

/**
 * One client that several owners may hold. It is made when it is first asked for and connects when it is first held: a
 * render that React throws away, or does twice, opens no socket. It is closed once nobody holds it.
 */
export class ClientLease {
  readonly #options: ParleyOptions
  readonly #create: (options: ParleyOptions) => Parley
  #parley: Parley | null = null
  #isConnected = false
  #holders = 0
  #closing: ReturnType<typeof setTimeout> | undefined

  constructor(options: ParleyOptions, create: (options: ParleyOptions) => Parley) {
    this.#options = options
    this.#create = create
  }

  /** The client: the same until it was closed. */
  get parley(): Parley {
    this.#parley ??= this.#create({ ...this.#options, autoConnect: false })
    return this.#parley
  }

  /** Connects, unless the options say otherwise. The answer gives it up. */
  hold(): () => void {
    clearTimeout(this.#closing)
    this.#holders += 1
    const { parley } = this
    if (!this.#isConnected && this.#options.autoConnect !== false) parley.connect()
    this.#isConnected = true
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#holders -= 1
      if (this.#holders === 0) this.#closing = setTimeout(() => this.#close(), GRACE)
    }
  }

  #close(): void {
    const parley = this.#parley
    this.#parley = null
    this.#isConnected = false
    // What could not be written while closing is still in the outbox of the next client.
    parley?.close().catch(() => undefined)
  }
}
