import type { Call, CallOptions, Calls } from '../api/call.ts'
import { Backoff } from '../backoff.ts'
import { realEnvironment } from '../environment.ts'
import { closed, offline } from '../errors.ts'
import { Value } from '../value.ts'
import type { CallCenter, CallValues } from './call-center.ts'
import type { CallEnvironment } from './call-environment.ts'

export interface CallsOptions {
  /** Of the server: `https://chat.example.org`. */
  readonly url: string
  /** Asked before each connection; `isRefused`: the last one was no good. Without it one is a guest. */
  readonly getToken?: (isRefused: boolean) => Promise<string>
  /** One's own name, as it is now. */
  readonly username: () => string
  /** For tests, and for places without a browser's WebSocket and WebRTC. */
  readonly environment?: CallEnvironment
}

/** Calls of one client. Nothing is loaded or connected before somebody listens or calls. */
export const createCalls = (options: CallsOptions): Calls => new LazyCalls(options)

type GroupOptions = CallOptions & { readonly username: string }

/** Most of what calls need is of no use to who never calls: it comes when it is wanted. */
class LazyCalls implements Calls {
  readonly state: CallValues['state'] = new Value('off')
  readonly incoming: CallValues['incoming'] = new Value([])
  readonly current: CallValues['current'] = new Value(null)
  readonly #options: CallsOptions
  #loading: Promise<CallCenter> | null = null
  #center: CallCenter | null = null
  #isClosed = false

  constructor(options: CallsOptions) {
    this.#options = options
  }

  listen(): () => void {
    if (this.#center !== null) return this.#center.listen()
    const environment = this.#options.environment ?? realEnvironment
    const backoff = new Backoff(environment)
    let stop = () => {}
    let isHeld = true
    const attempt = () => {
      if (!isHeld || this.#isClosed) return
      this.#load().then(
        (center) => {
          if (isHeld) stop = center.listen()
        },
        () => {
          stop = environment.after(backoff.next(), attempt)
        },
      )
    }
    attempt()
    return () => {
      isHeld = false
      stop()
    }
  }

  async callUser(user: Parameters<Calls['callUser']>[0], options: CallOptions): Promise<Call> {
    return (await this.#load()).callUser(user, options)
  }

  async createGroup(name: string, options: GroupOptions): Promise<Call> {
    return (await this.#load()).createGroup(name, options)
  }

  async joinGroup(groupId: string, options: GroupOptions): Promise<Call> {
    return (await this.#load()).joinGroup(groupId, options)
  }

  dismiss(): void {
    this.#center?.dismiss()
  }

  close(): void {
    this.#isClosed = true
    this.#center?.close()
  }

  async #load(): Promise<CallCenter> {
    if (this.#isClosed) throw closed()
    this.#loading ??= import('./call-center.ts').then(
      ({ CallCenter }) => {
        this.#center = new CallCenter(this.#options, this)
        if (this.#isClosed) this.#center.close()
        return this.#center
      },
      () => {
        this.#loading = null
        throw offline()
      },
    )
    return this.#loading
  }
}
