import type { Parley, ParleyOptions } from '../api/parley.ts'

/** A client that is given up is closed this much later (ms), so that who mounts again at once goes on with it. */
const GRACE = 50
/** The same for one that a render made and nothing ever held (ms): React may throw a render away. */
const UNUSED = 10_000

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
    if (this.#parley === null) {
      this.#parley = this.#create({ ...this.#options, autoConnect: false })
      if (this.#holders === 0) this.#closeIn(UNUSED)
    }
    return this.#parley
  }

  /** Connects, unless the options say otherwise. The answer gives it up. */
  hold(): () => void {
    this.#holders += 1
    clearTimeout(this.#closing)
    const { parley } = this
    if (!this.#isConnected && this.#options.autoConnect !== false) parley.connect()
    this.#isConnected = true
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#holders -= 1
      if (this.#holders === 0) this.#closeIn(GRACE)
    }
  }

  #closeIn(ms: number): void {
    clearTimeout(this.#closing)
    this.#closing = setTimeout(() => this.#close(), ms)
  }

  #close(): void {
    const parley = this.#parley
    this.#parley = null
    this.#isConnected = false
    // What could not be written while closing is still in the outbox of the next client.
    parley?.close().catch(() => undefined)
  }
}
