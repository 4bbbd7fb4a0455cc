import type { Core, CoreEvent, Lease, LeaseChange } from '@parley/core'
import type { ConnectionHandlers } from '@parley/sockets'
import * as codec from './codec.ts'
import { handshakeOf } from './handshake.ts'
import { newSession, type PeerjsConnection, type PeerjsSession } from './session.ts'
import { MAX_WAITING_OF_PEER, Waiting } from './waiting.ts'
import { CLOSE, isPeerId, type RefusalReason } from './wire.ts'

/**
 * The broker that the PeerJS client asks: gives ids to connections and passes what their holders say to each other. Anybody
 * may come in; ids have nothing to do with accounts.
 */
export class PeerjsServer {
  readonly dialect = 'peerjs'
  readonly handlers: ConnectionHandlers<PeerjsSession>
  readonly #core: Core
  /** Those that hold an id. */
  readonly #connections = new Set<PeerjsConnection>()
  readonly #waiting: Waiting<PeerjsConnection>
  readonly #unwatch: () => void

  constructor({ core }: { readonly core: Core }) {
    this.#core = core
    this.#waiting = new Waiting({
      clock: core.clock,
      onExpired: (sender, to) => this.#expire(sender, to),
    })
    this.#unwatch = core.leases.leases.watch(this.dialect, (change) => this.#onLease(change))
    this.handlers = {
      open: (connection) => {
        connection.data.started = this.#start(connection)
      },
      message: (connection, text) => this.#onMessage(connection, text),
      close: (connection) => void this.#end(connection),
    }
  }

  /** The state of a new connection, by the query of its upgrade. What is wrong with it is said once it is open. */
  session(query: URLSearchParams): PeerjsSession {
    return newSession(handshakeOf(query))
  }

  get size(): number {
    return this.#connections.size
  }

  stop(): void {
    this.#unwatch()
    this.#waiting.clear()
  }

  async #start(connection: PeerjsConnection): Promise<void> {
    const { handshake } = connection.data
    if (!handshake.ok) return this.#refuse(connection, handshake.reason)
    try {
      await this.#claim(connection, handshake)
    } catch (error) {
      this.#core.observer.error('peerjs connection not started', error)
      this.#refuse(connection, 'server')
    }
  }

  async #claim(
    connection: PeerjsConnection,
    { id, proof }: { readonly id: string; readonly proof: string },
  ): Promise<void> {
    const session = connection.data
    const claim = await this.#core.peerIds.claim({
      space: this.dialect,
      id,
      connectionId: connection.id,
      value: { proof },
      sink: { dialect: this.dialect, deliver: (_topic, event) => this.#deliver(connection, event) },
      isAlive: () => connection.ping(),
      onLost: () => this.#lose(connection),
      takesOver: (holder: Lease) => {
        session.isHeir = holder.value['proof'] === proof
        return session.isHeir
      },
    })
    if (claim === null) return this.#refuse(connection, 'taken')
    if (session.state === 'closed') return this.#core.peerIds.release(claim)
    session.claim = claim
    session.state = 'open'
    this.#connections.add(connection)
    this.#core.observer.debug('client connected', { connectionId: connection.id, dialect: this.dialect })
    connection.send(codec.OPEN)
    if (session.isHeir) for (const frame of session.early) connection.send(frame)
    session.early = []
  }

  #refuse(connection: PeerjsConnection, reason: RefusalReason): void {
    connection.data.state = 'closed'
    connection.data.early = []
    this.#core.observer.audit('connection refused', { dialect: this.dialect, reason })
    connection.send(codec.refusal(reason))
    const [code, sentence] = reason === 'server' ? CLOSE.serverError : CLOSE.refused
    connection.close(code, sentence)
  }

  /** Somebody else has the id. */
  #lose(connection: PeerjsConnection): void {
    this.#forget(connection)
    connection.data.claim = null
    connection.close(...CLOSE.replaced)
  }

  async #end(connection: PeerjsConnection): Promise<void> {
    const { claim } = connection.data
    this.#forget(connection)
    connection.data.claim = null
    if (claim !== null) await this.#core.peerIds.release(claim)
  }

  #forget(connection: PeerjsConnection): void {
    connection.data.state = 'closed'
    connection.data.early = []
    this.#connections.delete(connection)
    this.#waiting.forget(connection)
  }

  #deliver(connection: PeerjsConnection, event: CoreEvent): void {
    if (event.type !== 'peer.relayed') return
    const { state, early } = connection.data
    if (state === 'open') connection.send(codec.relayed(event))
    // The client must not hear of others before it knows that it has its id.
    else if (state === 'starting' && early.length < MAX_WAITING_OF_PEER.count)
      early.push(codec.relayed(event))
  }

  #onMessage(connection: PeerjsConnection, text: string): void | Promise<void> {
    const { state, started } = connection.data
    if (state === 'starting') return started?.then(() => this.#onMessage(connection, text))
    if (state === 'closed') return
    const limit = this.#core.limits.hit('signal', connection.id)
    if (limit.ok) return this.#handle(connection, text)
    if (limit.isFirst)
      this.#core.observer.audit('limit reached', { limit: 'signal', connectionId: connection.id })
    return this.#later(connection, text, limit.retryAfterMs)
  }

  /**
   * Above the limit a connection is slowed down: a peer that calls many at once has more candidates than that, a client does
   * not send a lost one again, and it ends itself when it hears of an error.
   */
  async #later(connection: PeerjsConnection, text: string, ms: number): Promise<void> {
    await new Promise<void>((resolve) => this.#core.clock.after(ms, resolve))
    return this.#onMessage(connection, text)
  }

  #handle(connection: PeerjsConnection, text: string): void | Promise<void> {
    const command = codec.decode(text)
    switch (command?.type) {
      // What the PeerJS server does not know either it ignores, and so do clients of other versions.
      case undefined:
        this.#core.observer.count('parley_refusals_total', { dialect: this.dialect, code: 'INVALID' })
        return
      case 'heartbeat':
        return
      case 'leave':
        connection.close(...CLOSE.left)
        return this.#end(connection)
      case 'relay':
        return this.#relay(connection, command, text)
    }
  }

  /** The next message of the connection waits, so that they stay in order. */
  async #relay(connection: PeerjsConnection, command: codec.Relay, text: string): Promise<void> {
    const { to } = command
    if (command.kind === 'LEAVE') return this.#send(connection, command)
    if (!isPeerId(to)) return this.#expire(connection, to)
    if (await this.#isHeld(to)) {
      // What waits came first.
      this.#sendWaiting(to)
      return this.#send(connection, command)
    }
    if (connection.data.state !== 'open') return
    if (!this.#waiting.add(connection, to, text)) return this.#expire(connection, to)
    // It may have come while nobody waited for it.
    if (await this.#isHeld(to)) this.#sendWaiting(to)
  }

  async #isHeld(id: string): Promise<boolean> {
    return (await this.#core.peerIds.holder(this.dialect, id)) !== null
  }

  #sendWaiting(to: string): void {
    for (const { sender, text } of this.#waiting.take(to)) {
      const command = codec.decode(text)
      if (command?.type === 'relay') this.#send(sender, command)
    }
  }

  /** In the name of the id that the connection holds, whatever the message says. */
  #send(connection: PeerjsConnection, { kind, to, payload }: codec.Relay): void {
    const { claim } = connection.data
    if (claim === null) return
    this.#core.peerIds.relay(this.dialect, { from: claim.id, to, kind, data: payload })
  }

  #expire(connection: PeerjsConnection, to: string): void {
    const { claim } = connection.data
    if (claim !== null) connection.send(codec.expire(to, claim.id))
  }

  #onLease(change: LeaseChange): void {
    if (change.type === 'first') this.#sendWaiting(change.lease.key)
  }
}
