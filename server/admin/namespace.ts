import type { IncomingMessage } from 'node:http'
import type { AuthAnswer, Core, Identity } from '@parley/core'
import type { SocketIoServer } from '@parley/socketio'
import { instrument } from '@socket.io/admin-ui'

export const ADMIN_NAMESPACE = '/admin'
/** Most connections of the admin UI at once. */
const MAX_ADMINS = 20
/** How often an admin is asked for again (ms): who lost the role, or whose session ended unheard, is out by then. */
const RECHECK_INTERVAL = 30_000

type Io = SocketIoServer['io']
type AdminSocket = Parameters<Parameters<Io['use']>[0]>[0]

export interface AdminNamespaceOptions {
  readonly io: Io
  readonly core: Pick<Core, 'authenticator' | 'identities' | 'clock' | 'observer'>
  readonly nodeId: string
  /** A handshake whose credentials were no admin's; null when the connection serves a user already. */
  onRefused(request: IncomingMessage | null): void
}

/**
 * The namespace that the Socket.IO admin UI connects to: counts of connections and packets, for admins only. Nothing of
 * what is said, and nothing of who connects, passes through it; commands do nothing.
 */
export class AdminNamespace {
  readonly #options: AdminNamespaceOptions
  readonly #identities = new WeakMap<AdminSocket, Identity>()
  #isInstrumented = false

  constructor(options: AdminNamespaceOptions) {
    this.#options = options
    const namespace = options.io.of(ADMIN_NAMESPACE)
    namespace.use((socket, next) => {
      const isFull = namespace.sockets.size >= MAX_ADMINS
      void this.#admit(socket, isFull).then((refusal) => (refusal === null ? next() : next(refusal)))
    })
    namespace.on('connection', (socket) => this.#keep(socket))
  }

  /** What keeps it out, or null. Never rejects. */
  async #admit(socket: AdminSocket, isFull: boolean): Promise<Error | null> {
    const { core, onRefused } = this.#options
    try {
      const answer = await this.#authenticate(socket)
      if (!answer.ok || answer.identity.role !== 'admin') {
        const reason = answer.ok ? 'not-admin' : answer.reason
        core.observer.audit('connection refused', { dialect: 'admin', reason })
        if (reason !== 'unavailable') onRefused(socket.request as IncomingMessage | null)
        return new Error('Only an admin may do that')
      }
      if (isFull) return new Error('Too many admins are connected')
      core.observer.audit('admin connected', { userId: answer.identity.userId })
      this.#identities.set(socket, answer.identity)
      this.#instrument()
      return null
    } catch (error) {
      core.observer.error('admin not connected', error)
      return new Error('Server error')
    }
  }

  async #authenticate({ handshake }: AdminSocket): Promise<AuthAnswer> {
    const { authenticator, observer } = this.#options.core
    const { token } = handshake.auth as { readonly token?: unknown }
    const { cookie, authorization } = handshake.headers
    try {
      if (typeof token === 'string' && token !== '') return await authenticator.byToken(token)
      // Both are absent on a connection that serves a user already: its first request was let go of.
      return await authenticator.byHeaders({
        ...(cookie === undefined ? {} : { cookie }),
        ...(authorization === undefined ? {} : { authorization }),
      })
    } catch (error) {
      observer.error('identity not checked', error)
      return { ok: false, reason: 'unavailable' }
    }
  }

  /**
   * From the first admin on: until then nothing is measured, and no packet of anybody costs more for it. `production` is
   * the mode that tells counts alone; the default would show handshakes, rooms and every event.
   */
  #instrument(): void {
    if (this.#isInstrumented) return
    this.#isInstrumented = true
    instrument(this.#options.io, {
      namespaceName: ADMIN_NAMESPACE,
      mode: 'production',
      readonly: true,
      // The middleware above decides.
      auth: false,
      serverId: this.#options.nodeId,
    })
  }

  #keep(socket: AdminSocket): void {
    const { core } = this.#options
    const identity = this.#identities.get(socket)
    if (identity === undefined) {
      socket.disconnect(true)
      return
    }
    const unwatch = core.identities.watch(identity, () => socket.disconnect(true))
    let timer: { cancel(): void }
    const recheckLater = (): void => {
      timer = core.clock.after(RECHECK_INTERVAL, () => void recheck())
    }
    const recheck = async (): Promise<void> => {
      const answer = await this.#authenticate(socket)
      if (!socket.connected) return
      const isAway = !answer.ok && answer.reason === 'unavailable'
      // The store is away: nobody is put out for that.
      if (isAway || (answer.ok && answer.identity.role === 'admin')) recheckLater()
      else socket.disconnect(true)
    }
    recheckLater()
    socket.once('disconnect', () => {
      timer.cancel()
      unwatch()
    })
  }
}
