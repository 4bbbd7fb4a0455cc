import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ClientAddresses } from '../client-address.ts'
import type { OriginPolicy } from '../origin-policy.ts'
import type { RestLimits } from '../rest/ports.ts'
import { connectRefusal } from './connect-refusal.ts'
import { problem, refuseUpgrade } from './problem.ts'

/** Takes over a socket whose path, origin and address were found good. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

export interface UpgradeRouterDependencies {
  /** By exact path, without the query. */
  readonly upgrades: ReadonlyMap<string, UpgradeHandler>
  readonly origins: OriginPolicy
  readonly addresses: ClientAddresses
  readonly limits: RestLimits
  readonly isClosing: () => boolean
  readonly onRefused: (reason: string, address: string) => void
}

/** The one listener of `upgrade`: every WebSocket path of every dialect goes through it. */
export const createUpgradeRouter = (dependencies: UpgradeRouterDependencies): UpgradeHandler => {
  const { upgrades, origins, addresses, limits, isClosing, onRefused } = dependencies
  return (request, socket, head) => {
    // Without a listener a reset connection ends the process.
    socket.on('error', () => socket.destroy())
    const path = pathOf(request.url)
    if (path === null) return refuseUpgrade(socket, problem(400, 'INVALID', 'The address is malformed'))
    const handler = upgrades.get(path)
    if (handler === undefined)
      return refuseUpgrade(socket, problem(404, 'NOT_FOUND', 'No WebSocket is served here'))
    if (!origins.allows(request.headers.origin, request.headers.host)) {
      onRefused('origin', addresses.of(request))
      return refuseUpgrade(
        socket,
        problem(403, 'ORIGIN_NOT_ALLOWED', 'This origin may not connect; see ALLOWED_ORIGINS'),
      )
    }
    if (isClosing())
      return refuseUpgrade(socket, problem(503, 'UNAVAILABLE', 'The server is shutting down. Try again.'))
    const refusal = connectRefusal(limits, addresses.subjectOf(request))
    if (refusal !== null) {
      onRefused('connect limit', addresses.of(request))
      return refuseUpgrade(socket, refusal.body, refusal.headers)
    }
    handler(request, socket, head)
  }
}

/** The query of a request's address. */
export const queryOf = (url: string | undefined): URLSearchParams =>
  new URLSearchParams((url ?? '').split('?')[1] ?? '')

/** Null for what is no path: `*`, an absolute address, a broken escape, NUL. */
export const pathOf = (url: string | undefined): string | null => {
  const path = (url ?? '').split('?', 1)[0] ?? ''
  if (!path.startsWith('/')) return null
  try {
    return decodeURIComponent(path).includes('\u0000') ? null : path
  } catch {
    return null
  }
}
