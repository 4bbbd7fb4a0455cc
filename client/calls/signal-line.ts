import type { Calls } from '../api/call.ts'
import { ParleyError } from '../api/error.ts'
import type { Value } from '../value.ts'
import type { ClientPayload, SendFrame, ServerFrame, ServerFrameType, ServerPayload } from './frames.ts'
import { SignalSocket, type SignalSocketOptions } from './signal-socket.ts'

/** How long an answer, or a place, may take (ms). */
const TIMEOUT = 12_000
/** What any request may be refused with. */
const ALWAYS = ['CONNECTION_ERROR', 'RATE_LIMITED', 'INVALID_MESSAGE']

/** Where one can be called: a peer id in a group. */
export interface Place {
  /** Null: a group that is made by coming in. */
  groupId: string | null
  readonly groupName: string
  readonly username: string
  readonly peerId: string
  /** A group of oneself alone, to be called in. */
  readonly isOwn: boolean
}

export type Member = ServerPayload<'user-joined'>['user']

export interface Entered {
  readonly groupId: string
  readonly groupName: string
  /** The others. */
  readonly members: readonly Member[]
}

interface Ask {
  readonly answer: ServerFrameType
  readonly refusals: readonly string[]
  readonly resolve: (frame: ServerFrame) => void
  readonly reject: (error: ParleyError) => void
}

export interface SignalLineOptions extends Pick<SignalSocketOptions, 'url' | 'getToken' | 'environment'> {
  /** Kept here as it is now. */
  readonly state: Value<ReturnType<Calls['state']['get']>>
  /** Everything that comes and answers no request. */
  readonly onFrame: (frame: ServerFrame) => void
  /** The place was lost with the connection; it is being taken again. */
  readonly onBreak: () => void
  /** It was taken again after a break. */
  readonly onReturn: (entered: Entered) => void
  /** It is there no more, or may not be had: it is not tried again. */
  readonly onLost: () => void
}

/** The connection to `/signal` with one's place there, taken again after every break. */
export class SignalLine {
  readonly state: SignalLineOptions['state']
  readonly #with: SignalLineOptions
  readonly #socket: SignalSocket
  #asks: Ask[] = []
  #place: Place | null = null
  #waiter: { resolve: (entered: Entered) => void; reject: (error: ParleyError) => void } | null = null

  constructor(options: SignalLineOptions) {
    this.state = options.state
    this.#with = options
    this.#socket = new SignalSocket({
      ...options,
      onOpen: () => void this.#takePlace(),
      onFrame: (frame) => this.#hear(frame),
      onDown: (isFinal) => this.#down(isFinal),
      knock: () => {
        const toPeerId = this.#place?.peerId
        if (toPeerId !== undefined) this.send('signal', { toPeerId, data: { knock: true } })
      },
    })
  }

  get place(): Place | null {
    return this.#place
  }

  send: SendFrame = (type, payload) => this.#socket.send(type, payload)

  /** Goes to another place. Rejects with `OFFLINE`, `GROUP_NOT_FOUND`, `GROUP_FULL` …; then there is no place. */
  enter(place: Place): Promise<Entered> {
    this.#waiter?.reject(closed())
    this.#place = place
    this.state.set('connecting')
    const promise = new Promise<Entered>((resolve, reject) => {
      const waiter = { resolve, reject }
      const cancel = this.#with.environment.after(TIMEOUT, () => this.#refuse(offline()))
      const settle = () => {
        cancel()
        if (this.#waiter === waiter) this.#waiter = null
      }
      waiter.resolve = (entered) => {
        settle()
        resolve(entered)
      }
      waiter.reject = (error) => {
        settle()
        reject(error)
      }
      this.#waiter = waiter
    })
    this.#begin()
    return promise
  }

  /** Goes there, however long it takes. */
  hold(place: Place): void {
    this.#waiter?.reject(closed())
    this.#place = place
    this.state.set('connecting')
    this.#begin()
  }

  /** Resolves in a place. Rejects with `OFFLINE` when that takes too long. */
  async ready(): Promise<void> {
    if (this.state.get() === 'ready') return
    await new Promise<void>((resolve, reject) => {
      const cancel = this.#with.environment.after(TIMEOUT, () => done(offline()))
      const stop = this.state.subscribe(() => {
        if (this.state.get() === 'ready') done()
        else if (this.state.get() === 'off') done(offline())
      })
      const done = (error?: ParleyError) => {
        cancel()
        stop()
        if (error === undefined) resolve()
        else reject(error)
      }
    })
  }

  /** Sends a frame that is answered. `refusals`: codes that can only be meant for it. */
  ask<T extends Parameters<SendFrame>[0], A extends ServerFrameType>(
    type: T,
    payload: ClientPayload<T>,
    answer: A,
    refusals: readonly string[],
  ): Promise<ServerPayload<A>> {
    return new Promise((resolve, reject) => {
      const done = () => {
        cancel()
        this.#asks = this.#asks.filter((other) => other !== ask)
      }
      const ask: Ask = {
        answer,
        refusals: [...refusals, ...ALWAYS],
        resolve: (frame) => {
          done()
          resolve(frame.payload as ServerPayload<A>)
        },
        reject: (error) => {
          done()
          reject(error)
        },
      }
      const cancel = this.#with.environment.after(TIMEOUT, () =>
        ask.reject(new ParleyError('TIMEOUT', 'The server took too long to answer.', { canRetry: true })),
      )
      this.#asks.push(ask)
      if (!this.send(type, payload)) ask.reject(offline())
    })
  }

  /** The answer is awaited no more: that ends in `CLOSED`. */
  giveUp(answer: ServerFrameType): void {
    this.#asks.find((ask) => ask.answer === answer)?.reject(closed())
  }

  retryNow(): void {
    if (!this.#socket.isOpen) this.#socket.retryNow()
    else if (this.state.get() === 'connecting') void this.#takePlace()
  }

  /** Gives the place and the connection up. */
  close(): void {
    this.#waiter?.reject(closed())
    this.#place = null
    this.#socket.close()
    for (const ask of [...this.#asks]) ask.reject(closed())
    this.state.set('off')
  }

  #begin(): void {
    if (this.#socket.isOpen) void this.#takePlace()
    else this.#socket.open()
  }

  async #takePlace(): Promise<void> {
    const place = this.#place
    if (place === null) return
    try {
      const entered = await this.#go(place)
      if (place !== this.#place) return
      place.groupId = entered.groupId
      this.state.set('ready')
      if (this.#waiter === null) this.#with.onReturn(entered)
      else this.#waiter.resolve(entered)
    } catch (error) {
      // Without a connection, the next one tries again.
      if (place === this.#place && this.#socket.isOpen) this.#refuse(error as ParleyError)
    }
  }

  async #go(place: Place): Promise<Entered> {
    const { groupId, groupName, username, peerId } = place
    if (groupId !== null) {
      const refusals = ['GROUP_NOT_FOUND', 'GROUP_FULL', 'PEER_ID_TAKEN']
      return this.ask('join-group', { groupId, username, peerId }, 'group-joined', refusals)
    }
    const made = await this.ask('create-group', { groupName, username }, 'group-created', [])
    await this.ask('update-peer-id', { peerId }, 'existing-peers', ['PEER_ID_TAKEN', 'USER_NOT_FOUND'])
    return { ...made, members: [] }
  }

  #refuse(error: ParleyError): void {
    const isFinal = error.code.startsWith('GROUP_') || error.code === 'INVALID_MESSAGE'
    const waiter = this.#waiter
    if (waiter !== null) {
      this.#place = null
      waiter.reject(error)
    } else if (isFinal) this.#with.onLost()
    // A peer id of one's own that the last connection has not let go of, or a server that is not itself.
    else this.#socket.restart()
  }

  #hear(frame: ServerFrame): void {
    if (frame.type === 'error') {
      const { code, message } = frame.payload
      const ask = this.#asks.find(({ refusals }) => refusals.includes(code))
      if (ask !== undefined) ask.reject(new ParleyError(code, message, { canRetry: code !== 'FORBIDDEN' }))
      else if (code === 'PEER_ID_TAKEN') this.#socket.restart()
      else this.#with.onFrame(frame)
      return
    }
    const ask = this.#asks.find(({ answer }) => answer === frame.type)
    if (ask === undefined) this.#with.onFrame(frame)
    else ask.resolve(frame)
  }

  #down(isFinal: boolean): void {
    const wasReady = this.state.get() === 'ready'
    for (const ask of [...this.#asks]) ask.reject(offline())
    this.state.set(isFinal ? 'off' : 'connecting')
    if (wasReady) this.#with.onBreak()
    if (!isFinal) return
    this.#waiter?.reject(offline())
    this.#place = null
    this.#with.onLost()
  }
}

const offline = (): ParleyError =>
  new ParleyError('OFFLINE', 'The server cannot be reached.', { canRetry: true })

const closed = (): ParleyError => new ParleyError('CLOSED', 'Something else was begun.')
