import { storeAway } from './store-away.ts'
import type { StoreWriter } from './store-writer.ts'
import type { WorkerMethod, WorkerMethods } from './worker-protocol.ts'

/** What may be asked from another process. */
const SHARED: ReadonlySet<WorkerMethod> = new Set(['commit', 'index', 'statement', 'begin', 'end', 'ping'])

/** A method of the writer with its payload, as it crosses between processes. */
export type WriterRequest = readonly [method: WorkerMethod, payload: unknown]

/** Asks the process that has the writing thread; what it throws is thrown here. */
export type AskWriter = (request: WriterRequest) => Promise<unknown>

/** Gives out transactions, over all processes. */
let lastTransaction = 0

/** The writer as one process of the machine uses it: one of these for each. */
export class SharedWriter {
  readonly #writer: StoreWriter
  /** Its open transactions, by the number that it gave them. */
  readonly #transactions = new Map<number, number>()

  constructor(writer: StoreWriter) {
    this.#writer = writer
  }

  /** Runs what the other process asks for. */
  async answer([method, payload]: WriterRequest): Promise<unknown> {
    if (!SHARED.has(method)) throw new Error(`another process may not ask the writer to ${method}`)
    if (method === 'begin') return this.#begin(payload as WorkerMethods['begin']['takes'])
    if (method === 'end') return this.#end(payload as WorkerMethods['end']['takes'])
    if (method === 'statement') {
      const statement = payload as WorkerMethods['statement']['takes']
      return this.#writer.request('statement', { ...statement, tx: this.#known(statement.tx) })
    }
    return this.#writer.request(method, payload as never)
  }

  /** The other process is gone: what it had begun is undone, so that nobody waits for it. */
  release(): void {
    for (const tx of this.#transactions.values()) {
      this.#writer.request('end', { tx, commit: false }).catch(() => {})
    }
    this.#transactions.clear()
  }

  async #begin({ tx }: WorkerMethods['begin']['takes']): Promise<null> {
    lastTransaction += 1
    const mine = lastTransaction
    await this.#writer.request('begin', { tx: mine })
    this.#transactions.set(tx, mine)
    return null
  }

  #end({ tx, commit }: WorkerMethods['end']['takes']): Promise<null> {
    const mine = this.#known(tx)
    this.#transactions.delete(tx)
    return this.#writer.request('end', { tx: mine ?? 0, commit })
  }

  /** Two processes may give the same number; 0 is nobody's. */
  #known(tx: number | null): number | null {
    return tx === null ? null : (this.#transactions.get(tx) ?? 0)
  }
}

/** The other side of a `SharedWriter`. Closing it leaves the writing thread alone. */
export class RemoteWriter implements StoreWriter {
  readonly #ask: AskWriter
  readonly #pending = new Set<Promise<unknown>>()
  #isClosed = false

  constructor(ask: AskWriter) {
    this.#ask = ask
  }

  request<M extends WorkerMethod>(
    method: M,
    payload: WorkerMethods[M]['takes'],
  ): Promise<WorkerMethods[M]['answers']> {
    if (this.#isClosed) return Promise.reject(storeAway())
    const answer = this.#ask([method, payload])
    this.#pending.add(answer)
    const forget = (): void => void this.#pending.delete(answer)
    answer.then(forget, forget)
    return answer as Promise<WorkerMethods[M]['answers']>
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#pending)
  }
}
