import { createHmac } from 'node:crypto'
import type { Clock } from '@parley/core'
import { createTurnCredentials } from './turn-credentials.ts'

/** Digits that tell addresses apart. */
const MARK_LENGTH = 16

/** Where calls find a way through networks. */
export interface IceSettings {
  readonly stunUrls: readonly string[]
  /** Null: nothing is relayed. */
  readonly turn: {
    readonly urls: readonly string[]
    readonly secret: string
    /** Ms. */
    readonly ttl: number
  } | null
}

/** As `RTCConfiguration.iceServers` takes it. */
export interface IceServer {
  readonly urls: readonly string[]
  readonly username?: string
  readonly credential?: string
}

export interface IceAnswer {
  readonly iceServers: readonly IceServer[]
  /** Ms for which the credentials begin relays; absent without TURN. */
  readonly ttl?: number
}

/** The STUN and TURN servers of the settings, with credentials made for whoever asks. */
export class IceServers {
  readonly #settings: IceSettings
  readonly #clock: Clock

  constructor(settings: IceSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
  }

  /** For an account. */
  forAccount(userId: string): IceAnswer {
    return this.#answer(() => userId)
  }

  /**
   * For somebody without one, known by `address` alone. Each address is a holder of its own, as the TURN server counts
   * its quota per holder: one who uses his up takes nothing from the others. The name tells no address.
   */
  forAddress(address: string): IceAnswer {
    const markOf = (secret: string) => createHmac('sha256', secret).update(address).digest('hex')
    return this.#answer((secret) => `anonymous-${markOf(secret).slice(0, MARK_LENGTH)}`)
  }

  #answer(holderOf: (secret: string) => string): IceAnswer {
    const { stunUrls, turn } = this.#settings
    const stun = stunUrls.length === 0 ? [] : [{ urls: stunUrls }]
    if (turn === null) return { iceServers: stun }
    const { urls, secret, ttl } = turn
    const credentials = createTurnCredentials(secret, holderOf(secret), this.#clock.now() + ttl)
    return { iceServers: [...stun, { urls, ...credentials }], ttl }
  }
}
