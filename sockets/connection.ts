import type { ConnectionContext, ConnectionHandlers, ConnectionOptions } from './connection-context.ts'
import { newConnectionId } from './connection-id.ts'
import { type Frame, textFrame } from './frame.ts'
import { InboundQueue } from './inbound-queue.ts'
import { Outbox } from './outbox.ts'
import type { Transport } from './transport.ts'

const OPEN = 1
const CLOSING = 2
const CLOSED = 3
const ABNORMAL = 1006
const INTERNAL_ERROR = 1011
const TRY_AGAIN_LATER = 1013
/** How long a peer that does not read may take to see why it was closed, in milliseconds. */
const SLOW_GRACE = 1_500
/** How long messages that came before the end may still take to be worked off, in milliseconds. */
const DRAIN_LIMIT = 5_000

interface DrainWaiter {
  readonly below: number
  readonly resolve: (drained: boolean) => void
}

interface Answer {
  readonly answer: Promise<boolean>
  readonly resolve: (answered: boolean) => void
}

const newAnswer = (): Answer => {
  let resolve: Answer['resolve'] = () => {}
  const answer = new Promise<boolean>((settle) => {
    resolve = settle
  })
  return { answer, resolve }
}

/**
 * One peer. Messages take effect in the order of arrival; what is sent arrives in the order of `send`. A peer
 * that reads too slowly is closed with 1013, and nothing that its owner does can throw because of it.
 */
export class Connection<Data = unknown> {
  /** Unique and unguessable. */
  readonly id = newConnectionId()
  readonly remoteAddress: string
  data: Data
  readonly #transport: Transport
  readonly #context: ConnectionContext
  readonly #handlers: ConnectionHandlers<Data>
  readonly #outbox = new Outbox()
  #inbound: InboundQueue | undefined
  #state = OPEN
  #closeCode: number | undefined
  #scheduled = false
  /** Bytes that waited in the transport when the first frame of this turn was added. */
  #waitingBefore = 0
  /** Answers of the transport that are still to come. */
  #reports = 0
  #drainWaiters: DrainWaiter[] | undefined
  #closeListeners: ((code: number) => void)[] | undefined
  #nextPing: number
  #pongOwed = false
  #ponging: Answer | undefined
  #progress = -1
  #progressAt = 0

  /** @internal */
  constructor(options: ConnectionOptions<Data>, context: ConnectionContext) {
    this.remoteAddress = options.remoteAddress
    this.data = options.data
    this.#transport = options.transport
    this.#handlers = options.handlers
    this.#context = context
    // The first ping comes after half an interval to a whole one, so that peers which all came back
    // at once after a restart are not pinged at once for ever.
    this.#nextPing = context.clock.now() + context.heartbeatInterval * (0.5 + Math.random() / 2)
  }

  get isOpen(): boolean {
    return this.#state === OPEN
  }

  /** As on a WebSocket: 1 open, 2 closing, 3 closed. */
  get readyState(): number {
    return this.#state
  }

  /** Bytes that wait: in the outbox and in the transport. */
  get bufferedBytes(): number {
    return this.#outbox.bytes + this.#transport.bufferedAmount
  }

  /**
   * Sends at the end of this turn of the event loop, together with everything else of the turn. `taken` is
   * called when the bytes were handed to the kernel, and never when the connection dies first. Does nothing
   * on a connection that is not open; never throws.
   */
  send(frame: Frame | string, taken?: () => void): void {
    if (this.#state !== OPEN) return
    const scheduler = this.#context.scheduler
    if (this.#outbox.isEmpty) this.#waitingBefore = this.#transport.bufferedAmount
    this.#outbox.add(typeof frame === 'string' ? textFrame(frame) : frame, scheduler.root, taken)
    if (!this.#scheduled) {
      this.#scheduled = true
      scheduler.add(this)
    }
    if (this.#outbox.bytes + this.#waitingBefore <= this.#context.maxBuffered) return
    // What the kernel takes right now does not count as waiting.
    this.flush()
    if (this.bufferedBytes > this.#context.maxBuffered) this.#cut()
  }

  /** Writes what waits in the outbox now instead of at the end of the turn. */
  flush(): void {
    const batch = this.#outbox.take()
    if (batch === undefined) return
    const { path, taken } = batch
    try {
      if (this.#state === OPEN) this.#transport.write(path, this.#reportTo(taken))
    } finally {
      path.leave()
    }
  }

  /** @internal */
  endTurn(): void {
    this.#scheduled = false
    this.flush()
  }

  /** @internal */
  turnFailed(error: unknown): void {
    this.#context.onError(error)
    this.terminate()
  }

  /**
   * Sends what waits, then closes. Messages that have not begun to take effect are dropped. Terminates after
   * 5 s without the peer's answer. Throws for a code or a reason (over 123 bytes) that no frame can carry.
   */
  close(code: number, reason: string): void {
    if (this.#state !== OPEN) return
    this.flush()
    this.#transport.close(code, reason)
    this.#leaveOpen(code)
    // Reads on, also from a peer that was paused: its answer to the close has to come in.
    this.#inbound?.clear()
  }

  /** Ends the connection now; what waits is lost. */
  terminate(): void {
    if (this.#state === CLOSED) return
    this.#leaveOpen(ABNORMAL)
    this.#inbound?.clear()
    this.#transport.terminate()
  }

  /** Called once, right before the handler's `close`; at once when the connection is closed already. */
  onClose(listener: (code: number) => void): void {
    if (this.#state === CLOSED) listener(this.#closeCode ?? ABNORMAL)
    else if (this.#closeListeners === undefined) this.#closeListeners = [listener]
    else this.#closeListeners.push(listener)
  }

  /** `true` as soon as fewer than `below` bytes wait; `false` when the connection ends first. Paces replays. */
  whenDrained(below: number): Promise<boolean> {
    if (this.#state !== OPEN) return Promise.resolve(false)
    if (this.bufferedBytes < below) return Promise.resolve(true)
    return new Promise((resolve) => {
      this.#drainWaiters ??= []
      this.#drainWaiters.push({ below: Math.max(1, below), resolve })
      if (this.#outbox.isEmpty) this.#awaitDrain()
    })
  }

  /**
   * Asks the peer whether it lives: `true` when it answers, or is so far ahead of its handlers that nothing is read from it;
   * `false` when the connection ends first. Waits as long as that takes.
   */
  ping(): Promise<boolean> {
    if (this.#state !== OPEN) return Promise.resolve(false)
    if (this.#inbound?.isPaused) return Promise.resolve(true)
    this.#transport.ping()
    this.#ponging ??= newAnswer()
    return this.#ponging.answer
  }

  /** @internal The transport is ready. */
  opened(): void {
    try {
      this.#handlers.open?.(this)
    } catch (error) {
      this.#context.onError(error)
      this.close(INTERNAL_ERROR, 'Internal error')
    }
  }

  /** @internal One message arrived. */
  receive(text: string): void {
    if (this.#state !== OPEN) return
    this.#inbound ??= new InboundQueue(this, this.#context.maxQueued)
    this.#inbound.push(text)
  }

  /** @internal The peer answered a ping. */
  ponged(): void {
    this.#pongOwed = false
    this.#ponging?.resolve(true)
    this.#ponging = undefined
  }

  /** @internal The transport is gone. */
  closed(code: number): void {
    if (this.#state === CLOSED) return
    const byServer = this.#state === CLOSING
    this.#leaveOpen(code)
    this.#state = CLOSED
    if (byServer || !this.#inbound?.isBusy) {
      this.#end()
      return
    }
    // What arrived before the end still takes effect, unless the server chose to end it.
    const inbound = this.#inbound
    const cancel = this.#context.clock.after(DRAIN_LIMIT, () => {
      inbound.clear()
      this.#end()
    })
    inbound.onIdle(() => {
      cancel()
      this.#end()
    })
  }

  /** @internal Called for every connection in turn by the acceptor's one timer. */
  sweep(now: number): void {
    if (this.#state !== OPEN) return
    if (this.#stalled(now)) {
      this.#cut()
      return
    }
    if (now < this.#nextPing) return
    // While the peer is paused its pong cannot be read.
    if (this.#pongOwed && !this.#inbound?.isPaused) {
      this.terminate()
      return
    }
    this.#pongOwed = true
    this.#nextPing = now + this.#context.heartbeatInterval
    this.#transport.ping()
  }

  /** @internal Runs one message: the queue's way to the handler. */
  run(text: string): void | Promise<void> {
    try {
      const working = this.#handlers.message(this, text)
      if (working === undefined) return
      return Promise.resolve(working).catch((error: unknown) => this.#context.onError(error))
    } catch (error) {
      this.#context.onError(error)
    }
  }

  /** @internal */
  pause(): void {
    if (this.#state === OPEN) this.#transport.pause()
  }

  /** @internal */
  resume(): void {
    if (this.#state === CLOSED) return
    // The pong may lie behind much that was not read: the peer gets a whole interval again.
    this.#pongOwed = false
    this.#nextPing = this.#context.clock.now() + this.#context.heartbeatInterval
    this.#transport.resume()
  }

  #stalled(now: number): boolean {
    if (this.bufferedBytes === 0) {
      this.#progress = -1
      return false
    }
    const { progress } = this.#transport
    if (progress === this.#progress) return now - this.#progressAt >= this.#context.stallTimeout
    this.#progress = progress
    this.#progressAt = now
    return false
  }

  /** Closes a peer that does not read. It will hardly read the reason either, so the end follows soon. */
  #cut(): void {
    this.#outbox.clear()
    this.close(TRY_AGAIN_LATER, 'Too slow')
    this.#context.clock.after(SLOW_GRACE, () => this.terminate())
    this.#report(() => this.#context.onSlow?.(this as Connection<unknown>))
  }

  #leaveOpen(code: number): void {
    if (this.#state !== OPEN) return
    this.#closeCode = code
    this.#state = CLOSING
    this.#outbox.clear()
    for (const waiter of this.#drainWaiters ?? []) waiter.resolve(false)
    this.#drainWaiters = undefined
    this.#ponging?.resolve(false)
    this.#ponging = undefined
  }

  #end(): void {
    const code = this.#closeCode ?? ABNORMAL
    const listeners = this.#closeListeners ?? []
    this.#closeListeners = undefined
    for (const listener of listeners) this.#report(() => listener(code))
    this.#report(() => this.#handlers.close?.(this, code))
    this.#context.onEnd?.(this as Connection<unknown>)
  }

  /** Nobody is told of a write that nobody asked about: most of them. */
  #reportTo(taken: readonly (() => void)[] | undefined): ((ok: boolean) => void) | undefined {
    if (taken === undefined && this.#drainWaiters === undefined) return undefined
    this.#reports += 1
    return (ok) => {
      this.#reports -= 1
      if (!ok) return
      for (const listener of taken ?? []) this.#report(listener)
      this.#drained()
    }
  }

  /** Nothing that was written so far may ever be told of: asks for it. */
  #awaitDrain(): void {
    if (this.#reports > 0) return
    const told = this.#reportTo(undefined)
    if (told !== undefined) this.#transport.whenTaken(told)
  }

  #drained(): void {
    if (this.#drainWaiters === undefined) return
    const bytes = this.bufferedBytes
    const waiting = this.#drainWaiters.filter((waiter) => bytes >= waiter.below)
    for (const waiter of this.#drainWaiters) if (bytes < waiter.below) waiter.resolve(true)
    this.#drainWaiters = waiting.length === 0 ? undefined : waiting
    if (waiting.length > 0 && this.#outbox.isEmpty) this.#awaitDrain()
  }

  #report(task: () => void): void {
    try {
      task()
    } catch (error) {
      this.#context.onError(error)
    }
  }
}
