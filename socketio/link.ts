import type { ServerResponse } from 'node:http'
import { type Clock, type EndReason, endReasonOf } from '@parley/core'
import type { TurnWebSocket } from '@parley/sockets/node'
import type { Socket as EngineSocket } from 'engine.io'
import type { EncodedEvent } from './encoded-event.ts'
import {
  bytesOf,
  bytesTaken,
  isDrained,
  netSocketOf,
  type OutgoingPacket,
  pollOf,
  webSocketOf,
} from './engine.ts'
import type { Session } from './session.ts'

/** Waiting events at which a WebSocket is read no further; it is read again at half of them. */
const PAUSE_AT = 256
/** Waiting events at which a connection that polls is closed: it cannot be paused. */
const CLOSE_POLLING_AT = 1_024
/** Answers to polls that a client may leave unread. */
const MAX_UNREAD_POLLS = 8
/** A peer that takes nothing for so long (ms), while something waits for it, is closed. */
const STALL_TIMEOUT = 10_000
/** How long a peer may take to see why it was closed (ms). */
const CLOSE_GRACE = 1_500
/** WebSocket's code for what a server does not want; a session that ended has told the log before. */
const POLICY = 1008
/** What may wait within one turn of the loop, before the kernel was asked to take it, in units of `maxBuffered`. */
const BURST = 4

export interface LinkContext {
  readonly clock: Clock
  /** Bytes. */
  readonly maxBuffered: number
  readonly onSlow: (link: Link) => void
  readonly onFlood: (link: Link) => void
  /** Once, after Socket.IO's own listener: rooms are gone by then. */
  readonly onClosed: (link: Link) => void
}

const LINK = Symbol('link')
type Linked = EngineSocket & { [LINK]?: Link }

/**
 * One engine.io connection, whatever its transport: how much waits for it, and its end. engine.io would let any
 * amount wait.
 */
export class Link {
  readonly connection: EngineSocket
  /** Where it came from, for limits. */
  readonly address: string
  /** The session that is spoken over it; there is one at most, ever. */
  session: Session | null = null
  isStarting = false
  readonly #context: LinkContext
  /** Bytes in engine.io's own buffer. */
  #queued = 0
  /** Bytes of answers to polls that were not sent whole yet; made when the connection polls. */
  #polls: Map<ServerResponse, number> | null = null
  #pollsDone = 0
  #progress = -1
  #progressAt = 0
  #isChecking = false
  #isPaused = false
  /** The WebSocket to which events are written past engine.io; undefined until one is, and again after an upgrade. */
  #direct: TurnWebSocket | null | undefined
  /** Somebody else (the admin UI) counts packets. */
  #isWatched = false
  #isTelling = false
  #closeCode: number | null = null
  #peerLost = false

  constructor(connection: EngineSocket, address: string, context: LinkContext) {
    this.connection = connection
    this.address = address
    this.#context = context
    ;(connection as Linked)[LINK] = this
    connection.on('packetCreate', onPacket)
    connection.on('flush', onFlush)
    connection.on('close', onClose)
    if (webSocketOf(connection) === null) connection.on('upgrade', onUpgrade)
  }

  get isOpen(): boolean {
    return this.connection.readyState === 'open'
  }

  /** The server chose to end it. */
  get wasClosedHere(): boolean {
    return this.#closeCode !== null
  }

  /** Why it ended, as far as the connection itself knows. */
  get endReason(): EndReason {
    if (this.#closeCode === null) return this.#peerLost ? 'lost' : 'client'
    return this.#closeCode === POLICY ? 'server' : endReasonOf(this.#closeCode)
  }

  /** Bytes that wait for the peer, in whatever buffer. */
  get unsent(): number {
    let bytes = this.#queued + (webSocketOf(this.connection)?.unsent ?? 0)
    if (this.#polls !== null) for (const size of this.#polls.values()) bytes += size
    return bytes
  }

  /**
   * Sends an event that others are sent as well. On a WebSocket it goes past engine.io, which would keep books of each
   * packet, into the socket's own outbox, whenever nothing is left in engine.io that it could overtake.
   */
  send(event: EncodedEvent): void {
    if (this.#direct === undefined) this.#direct = this.#findDirect()
    const direct = this.#direct
    if (!direct || direct.isHeldUp) {
      this.connection.write(event.packet, event.options)
      return
    }
    if (this.#isWatched) this.#tell(event)
    if (direct.sendEncoded(event.frame) <= this.#context.maxBuffered) return
    // What the kernel takes right now does not count as waiting.
    direct.flush()
    if (this.unsent > this.#context.maxBuffered) this.#cut()
  }

  /** So many events wait for one that is under way. */
  press(waiting: number): void {
    if (waiting > CLOSE_POLLING_AT && this.isOpen && webSocketOf(this.connection) === null) {
      this.#context.onFlood(this)
    } else if (waiting > PAUSE_AT && !this.#isPaused) {
      this.#isPaused = true
      webSocketOf(this.connection)?.pause()
    } else if (waiting <= PAUSE_AT / 2 && this.#isPaused) {
      this.#isPaused = false
      webSocketOf(this.connection)?.resume()
    }
  }

  /** Called for every link in turn by the server's one timer. */
  sweep(now: number): void {
    if (this.unsent === 0) {
      this.#progress = -1
      return
    }
    const progress = this.#taken()
    if (progress !== this.#progress) {
      this.#progress = progress
      this.#progressAt = now
    } else if (now - this.#progressAt >= STALL_TIMEOUT) {
      this.#cut()
    }
  }

  /**
   * Ends the connection without a word of Socket.IO: its client then comes back by itself. Resolves when the peer
   * answered, or was cut off.
   */
  close(code: number, reason: string): Promise<void> {
    this.#closeCode ??= code
    const { connection } = this
    const webSocket = webSocketOf(connection)
    const polls = [...(this.#polls?.keys() ?? [])]
    const gone = [
      ...(webSocket === null || webSocket.readyState === 3
        ? []
        : [new Promise<void>((resolve) => webSocket.once('close', resolve))]),
      ...polls.map((poll) => new Promise<void>((resolve) => poll.once('close', resolve))),
    ]
    webSocket?.close(code, reason)
    webSocket?.resume()
    connection.close(true)
    const timer = this.#context.clock.after(CLOSE_GRACE, () => {
      webSocket?.terminate()
      for (const poll of polls) poll.destroy()
    })
    return Promise.all(gone).then(() => timer.cancel())
  }

  /** Of a socket that is caught up engine.io holds nothing back, from the moment on in which it holds nothing. */
  #findDirect(): TurnWebSocket | null | undefined {
    if (!isDrained(this.connection)) return undefined
    this.#isWatched = this.connection.listenerCount('packetCreate') > 1
    const webSocket = webSocketOf(this.connection)
    return webSocket?.isPlain === true ? webSocket : null
  }

  #tell({ packet }: EncodedEvent): void {
    this.#isTelling = true
    this.connection.emit('packetCreate', { type: 'message', data: packet })
    this.#isTelling = false
  }

  /** @internal */
  onUpgrade(): void {
    this.#direct = undefined
    if (this.#isPaused) webSocketOf(this.connection)?.pause()
  }

  /** @internal */
  onClose(reason: string): void {
    this.#peerLost = reason === 'ping timeout' || reason === 'transport error'
    this.#context.onClosed(this)
  }

  /** @internal */
  onPacket(packet: OutgoingPacket): void {
    if (this.#isTelling) return
    this.#queued += bytesOf(packet)
    if (this.#isChecking && this.#queued <= this.#context.maxBuffered) return
    const { unsent } = this
    if (unsent > this.#context.maxBuffered * BURST) this.#cut()
    else if (unsent > this.#context.maxBuffered) this.#checkSoon()
  }

  /** @internal */
  onFlush(): void {
    const bytes = this.#queued
    this.#queued = 0
    const poll = pollOf(this.connection)
    if (poll === null) return
    this.#polls ??= new Map()
    const polls = this.#polls.set(poll, bytes)
    poll.once('close', () => {
      polls.delete(poll)
      this.#pollsDone += 1
    })
    if (polls.size > MAX_UNREAD_POLLS) this.#checkSoon()
  }

  /** At the end of the turn: what the kernel takes right now does not count as waiting. */
  #checkSoon(): void {
    if (this.#isChecking) return
    this.#isChecking = true
    setImmediate(() => {
      this.#isChecking = false
      webSocketOf(this.connection)?.flush()
      const unread = this.#polls?.size ?? 0
      if (this.unsent > this.#context.maxBuffered || unread > MAX_UNREAD_POLLS) this.#cut()
    })
  }

  #cut(): void {
    // Also one that engine.io closes once everything is sent.
    if (this.connection.readyState === 'closed') return
    webSocketOf(this.connection)?.drop()
    void this.close(1013, 'Too slow')
    this.#context.onSlow(this)
  }

  /** A number that changes whenever the peer takes something. */
  #taken(): number {
    let taken = this.#pollsDone + bytesTaken(netSocketOf(this.connection))
    for (const poll of this.#polls?.keys() ?? []) taken += bytesTaken(poll.socket)
    return taken
  }
}

// These are shared by all connections (engine.io calls them with itself as `this`): no closures for each.

function onPacket(this: Linked, packet: OutgoingPacket): void {
  this[LINK]?.onPacket(packet)
}

function onFlush(this: Linked): void {
  this[LINK]?.onFlush()
}

function onUpgrade(this: Linked): void {
  this[LINK]?.onUpgrade()
}

function onClose(this: Linked, reason: string): void {
  this[LINK]?.onClose(reason)
}
