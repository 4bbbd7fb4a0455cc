import type { Worker } from 'node:worker_threads'
import type { CarriedError } from './sqlite-errors.ts'
import { storeAway } from './store-away.ts'
import type { StoreWriter } from './store-writer.ts'
import type {
  WorkerMessage,
  WorkerMethod,
  WorkerMethods,
  WorkerRequest,
  WorkerSettings,
} from './worker-protocol.ts'
import { startThread } from './worker-thread.ts'

const FIRST_BACKOFF = 100
const MAX_BACKOFF = 4_000

interface Pending {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

function toError(error: CarriedError): Error {
  const cause = Object.assign(new Error(error.message), error.code === null ? {} : { code: error.code })
  return error.isAway ? storeAway(cause) : cause
}

/**
 * One thread with one connection. Requests are answered in order. A thread that dies takes the requests under way
 * with it (they reject with `UNAVAILABLE`) and is started again, sooner at first and at most 4 s apart.
 */
export class WorkerClient implements StoreWriter {
  readonly #settings: WorkerSettings
  readonly #onTrouble: (error: unknown) => void
  readonly #pending = new Map<number, Pending>()
  /** For the end of the turn. */
  #outgoing: WorkerRequest[] = []
  #worker: Worker | null = null
  #lastId = 0
  #backoff = FIRST_BACKOFF
  #timer: NodeJS.Timeout | undefined
  #closing: Promise<void> | null = null

  private constructor(settings: WorkerSettings, onTrouble: (error: unknown) => void) {
    this.#settings = settings
    this.#onTrouble = onTrouble
  }

  /** Resolves when the connection is open; rejects with what is wrong with the file. */
  static async open(
    settings: WorkerSettings,
    onTrouble: (error: unknown) => void = () => {},
  ): Promise<WorkerClient> {
    const client = new WorkerClient(settings, onTrouble)
    await client.#start()
    return client
  }

  request<M extends WorkerMethod>(
    method: M,
    payload: WorkerMethods[M]['takes'],
  ): Promise<WorkerMethods[M]['answers']> {
    const worker = this.#worker
    if (worker === null || this.#closing !== null) return Promise.reject(storeAway())
    return this.#send(worker, method, payload)
  }

  /** After what was asked before is answered. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    clearTimeout(this.#timer)
    const worker = this.#worker
    if (worker === null) return
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    await this.#send(worker, 'close', null).catch((error) => this.#onTrouble(error))
    await worker.terminate()
    await ended
  }

  #send<M extends WorkerMethod>(
    worker: Worker,
    method: M,
    payload: WorkerMethods[M]['takes'],
  ): Promise<WorkerMethods[M]['answers']> {
    return new Promise<unknown>((resolve, reject) => {
      this.#lastId += 1
      this.#pending.set(this.#lastId, { resolve, reject })
      this.#post(worker, [this.#lastId, method, payload] as WorkerRequest)
    }) as Promise<WorkerMethods[M]['answers']>
  }

  /**
   * To a thread that has nothing to do at once, to one that is busy with all that the turn asks for: waking it up costs more than
   * most of what it is asked.
   */
  #post(worker: Worker, request: WorkerRequest): void {
    const isFirst = this.#outgoing.push(request) === 1
    if (this.#pending.size === 1) this.#flush(worker)
    else if (isFirst) setImmediate(() => this.#flush(worker))
  }

  #flush(worker: Worker): void {
    if (this.#outgoing.length === 0) return
    const requests = this.#outgoing
    this.#outgoing = []
    // What was for a thread that is gone was rejected with it.
    if (this.#worker === worker) worker.postMessage(requests)
  }

  #start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = startThread(this.#settings)
      let refusal: Error | null = null
      worker.on('message', (messages: readonly WorkerMessage[]) => {
        for (const message of messages) {
          if (message[0] === 'ready') {
            this.#worker = worker
            this.#backoff = FIRST_BACKOFF
            resolve()
          } else if (message[0] === 'refused') {
            refusal = toError(message[1])
          } else {
            this.#settle(message)
          }
        }
      })
      worker.on('error', (error) => {
        refusal = storeAway(error)
      })
      worker.on('exit', () => {
        reject(refusal ?? storeAway())
        if (this.#worker === worker) this.#lose(refusal)
      })
    })
  }

  #settle(message: Extract<WorkerMessage, readonly ['done' | 'failed', ...unknown[]]>): void {
    const pending = this.#pending.get(message[1])
    this.#pending.delete(message[1])
    if (message[0] === 'done') pending?.resolve(message[2])
    else pending?.reject(toError(message[2]))
  }

  #lose(cause: unknown): void {
    this.#worker = null
    for (const { reject } of this.#pending.values()) reject(storeAway(cause))
    this.#pending.clear()
    this.#outgoing = []
    if (this.#closing !== null) return
    this.#onTrouble(cause ?? new Error('a database thread ended'))
    this.#retry()
  }

  #retry(): void {
    this.#timer = setTimeout(() => {
      this.#start().then(
        () => {
          // Closed while it was starting.
          if (this.#closing !== null) void this.#worker?.terminate()
        },
        (error: unknown) => {
          this.#onTrouble(error)
          if (this.#closing === null) this.#retry()
        },
      )
    }, this.#backoff)
    this.#timer.unref()
    this.#backoff = Math.min(this.#backoff * 2, MAX_BACKOFF)
  }
}
