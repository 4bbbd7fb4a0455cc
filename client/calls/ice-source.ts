import type { CallEnvironment } from './call-environment.ts'

/** The same servers are good for so long (ms). */
const FRESH = 300_000
const MAX_SERVERS = 10

/** The server's STUN and TURN servers. */
export class IceSource {
  readonly #url: string
  readonly #getToken: ((isRefused: boolean) => Promise<string>) | undefined
  readonly #environment: CallEnvironment
  #servers: Promise<RTCIceServer[]> | null = null
  #askedAt = 0

  constructor(
    url: string,
    getToken: ((isRefused: boolean) => Promise<string>) | undefined,
    environment: CallEnvironment,
  ) {
    this.#url = url
    this.#getToken = getToken
    this.#environment = environment
  }

  /** Never rejects: without any, those in the same network still reach each other. */
  get(): Promise<RTCIceServer[]> {
    const now = this.#environment.now()
    if (this.#servers === null || now - this.#askedAt > FRESH) {
      this.#askedAt = now
      this.#servers = this.#ask().catch(() => {
        this.#servers = null
        return []
      })
    }
    return this.#servers
  }

  async #ask(): Promise<RTCIceServer[]> {
    const token = await this.#getToken?.(false)
    const init = token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }
    const response = await this.#environment.fetch(new URL('/api/ice-servers', this.#url).href, {
      ...init,
      signal: AbortSignal.timeout(5_000),
    })
    if (!response.ok) throw new Error('no ICE servers')
    const { iceServers } = (await response.json()) as { readonly iceServers: RTCIceServer[] }
    return iceServers.slice(0, MAX_SERVERS)
  }
}
