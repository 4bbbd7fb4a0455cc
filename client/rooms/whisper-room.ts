import { ParleyError, type ParleyErrorInfo } from '../api/error.ts'
import type { Me } from '../api/parley.ts'
import type { Rest } from '../api/rest.ts'
import type { Room, RoomState, RoomView } from '../api/room.ts'
import { Backoff } from '../backoff.ts'
import type { Environment } from '../environment.ts'
import type { SocketPort } from '../socket-port.ts'
import { TypingSignal } from '../typing-signal.ts'
import { Typists } from '../typists.ts'
import { Value } from '../value.ts'
import type { ServerEvents } from '../wire.ts'
import { type NewMessage, Whispers } from './whispers.ts'

/** Longest message, after trimming. */
export const MAX_CONTENT = 5_000

export interface RoomContext {
  readonly socket: SocketPort
  readonly rest: Pick<Rest, 'rooms'>
  readonly me: () => Me | null
  readonly environment: Environment
  /** Throws a `ParleyError` when one may be in no more rooms. */
  readonly admitOneMore: () => void
}

const OUTSIDE: RoomView = { state: 'outside', failure: null, members: [], messages: [], typing: [] }

/** One room. What comes from the server is handed to it by `WhisperRooms`. */
export class WhisperRoom implements Room {
  readonly code: string
  readonly view = new Value<RoomView>(OUTSIDE)
  readonly #with: RoomContext
  readonly #whispers = new Whispers()
  readonly #typists: Typists
  readonly #typing: TypingSignal
  readonly #backoff: Backoff
  #isWanted = false
  /** Entries are numbered: the answer to one that was overtaken says nothing. */
  #entry = 0
  /** Own leaves whose `left_room` is still to come. */
  #leaves = 0
  #cancelRetry: (() => void) | null = null

  constructor(code: string, context: RoomContext) {
    this.code = code
    this.#with = context
    const { environment, socket } = context
    this.#backoff = new Backoff(environment)
    this.#typists = new Typists(environment)
    this.#typing = new TypingSignal(environment, (isTyping) =>
      socket.emit(isTyping ? 'typing_start' : 'typing_stop', { room: code }),
    )
    this.#whispers.value.subscribe(() => this.#show({ messages: this.#whispers.value.get() }))
    this.#typists.value.subscribe(() => this.#show({ typing: this.#typists.value.get() }))
  }

  /** It holds a place: one is in it, or wants to be. */
  get isWanted(): boolean {
    return this.#isWanted
  }

  enter(): void {
    const { state } = this.view.get()
    if (state === 'inside' || state === 'entering') return
    if (!this.#isWanted) {
      try {
        this.#with.admitOneMore()
      } catch (error) {
        this.#enterAs('refused', toInfo(error))
        return
      }
    }
    this.#isWanted = true
    this.#backoff.reset()
    void this.#join()
  }

  async admit(pin: string): Promise<void> {
    await this.#with.rest.rooms.join(this.code, pin)
    this.enter()
  }

  leave(): void {
    if (this.#isWanted && this.#with.socket.isConnected()) {
      this.#typing.stop()
      this.#leaves += 1
      this.#with.socket.emit('leave_room', this.code)
    }
    this.#forget()
  }

  send(content: string): void {
    const text = content.trim()
    const me = this.#with.me()
    if (text === '') throw new ParleyError('INVALID', 'There is nothing to send.')
    if (text.length > MAX_CONTENT) {
      throw new ParleyError('TOO_LONG', `A message has at most ${MAX_CONTENT} characters.`)
    }
    if (me === null)
      throw new ParleyError('OFFLINE', 'It is not known yet who sends this.', { canRetry: true })
    void this.#deliver(this.#whispers.add(text, me, this.#with.environment.now()), text)
  }

  retry(key: string): void {
    const whisper = this.#whispers.find(key)
    if (whisper?.status === 'failed') void this.#deliver(key, whisper.content)
  }

  keystroke(): void {
    // A start would enter the room.
    if (this.view.get().state === 'inside') this.#typing.keystroke()
  }

  stopTyping(): void {
    this.#typing.stop()
  }

  /** Of the connection. */
  connected(): void {
    if (this.#isWanted && this.view.get().state !== 'pin') void this.#join()
  }

  disconnected(): void {
    this.#entry += 1
    this.#leaves = 0
    this.#cancelRetry?.()
    this.#cancelRetry = null
    if (!this.#isWanted) return
    if (this.view.get().state === 'inside') this.#enterAs('entering', null)
    this.#typing.stop()
    this.#typists.clear()
    this.#whispers.interrupted()
  }

  listed(users: ServerEvents['users_online']): void {
    if (!this.#isWanted) return
    this.#show({ members: users.map(({ userId, username }) => ({ userId, username })) })
  }

  heard(message: NewMessage): void {
    if (!this.#isWanted) return
    this.#typists.stop(message.sender._id)
    this.#whispers.heard(message, message.sender._id === this.#with.me()?.id)
  }

  typed({ userId, username }: ServerEvents['user_typing'], isTyping: boolean): void {
    if (!this.#isWanted || userId === this.#with.me()?.id) return
    if (isTyping) this.#typists.start({ userId, name: username })
    else this.#typists.stop(userId)
  }

  /** `left_room`: the answer to one's own leave, or one left with every connection, elsewhere. */
  left(): void {
    if (this.#leaves > 0) this.#leaves -= 1
    else this.#forget()
  }

  async #join(): Promise<void> {
    this.#entry += 1
    const own = this.#entry
    this.#cancelRetry?.()
    this.#cancelRetry = null
    this.#enterAs('entering', null)
    // `connected` comes back to it.
    if (!this.#with.socket.isConnected()) return
    try {
      await this.#with.socket.request('join_room', this.code)
      if (own !== this.#entry) return
      this.#backoff.reset()
      this.#enterAs('inside', null)
    } catch (error) {
      if (own === this.#entry) this.#notEntered(toInfo(error))
    }
  }

  #notEntered(failure: ParleyErrorInfo): void {
    const { socket, environment } = this.#with
    if (failure.code === 'PIN_REQUIRED') {
      this.#enterAs('pin', null)
    } else if (!failure.canRetry) {
      this.#isWanted = false
      this.#enterAs('refused', failure)
    } else {
      this.#enterAs('entering', failure)
      if (!socket.isConnected()) return
      const wait = failure.retryAfterMs ?? this.#backoff.next()
      this.#cancelRetry = environment.after(wait, () => void this.#join())
    }
  }

  async #deliver(key: string, content: string): Promise<void> {
    const { socket } = this.#with
    this.#whispers.sending(key)
    this.#typing.stop()
    try {
      if (this.view.get().state !== 'inside') throw notInside()
      const answer = await socket.request('send_message', { content, room: this.code })
      const { _id: id } = answer as { readonly _id?: unknown }
      this.#whispers.sent(key, typeof id === 'string' ? id : '')
    } catch (error) {
      this.#whispers.failed(key, toInfo(error))
    }
  }

  #forget(): void {
    this.#entry += 1
    this.#isWanted = false
    this.#cancelRetry?.()
    this.#cancelRetry = null
    this.#typing.stop()
    this.#typists.clear()
    this.#whispers.clear()
    this.view.set(OUTSIDE)
  }

  #enterAs(state: RoomState, failure: ParleyErrorInfo | null): void {
    this.#show({ state, failure })
  }

  #show(change: Partial<RoomView>): void {
    this.view.set({ ...this.view.get(), ...change })
  }
}

const notInside = (): ParleyError =>
  new ParleyError('OFFLINE', 'You are not in the room at the moment.', { canRetry: true })

const toInfo = (error: unknown): ParleyErrorInfo =>
  error instanceof ParleyError
    ? error
    : new ParleyError('SERVER_ERROR', 'That did not work.', { canRetry: true })
