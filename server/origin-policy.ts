import { canonicalOrigin } from './config/kinds.ts'
import { isLoopback } from './config/loopback.ts'

/** Which web pages may use this server. One policy for upgrades, CORS and writes with a cookie. */
export interface OriginPolicy {
  /** `origin` and `host` as the request's headers give them. A request without an Origin is no web page's: it passes. */
  allows(origin: string | undefined, host: string | undefined): boolean
}

/**
 * An origin passes when it is in the list, or is the host that was asked. While the list is unset and the server listens on
 * loopback, any loopback origin passes. `null`, look-alikes and several origins in one header never do.
 */
export const createOriginPolicy = (settings: {
  readonly allowedOrigins: readonly string[] | null
  readonly host: string
}): OriginPolicy => {
  const allowed = new Set(settings.allowedOrigins ?? [])
  const loopbackPasses = settings.allowedOrigins === null && isLoopback(settings.host)
  return {
    allows: (origin, host) => {
      if (origin === undefined) return true
      const given = canonicalOrigin(origin)
      if (given === null) return false
      if (allowed.has(given) || isOwnHost(given, host)) return true
      return loopbackPasses && isLoopback(new URL(given).hostname)
    },
  }
}

/** With TLS ended by a proxy the scheme says nothing; host and port must agree. */
const isOwnHost = (origin: string, host: string | undefined): boolean => {
  const { protocol, host: originHost } = new URL(origin)
  const asked = `${protocol}//${host ?? ''}`
  return URL.canParse(asked) && new URL(asked).host === originHost
}
