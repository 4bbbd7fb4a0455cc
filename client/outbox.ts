import { ParleyError, type ParleyErrorInfo } from './api/error.ts'
import type { OutboxRecord, UserStorage } from './api/storage.ts'
import { Backoff } from './backoff.ts'
import type { Environment } from './environment.ts'
import type { SocketPort } from './socket-port.ts'
import { Value } from './value.ts'
import type { Answer } from './wire.ts'

/** Most messages that may wait; `send` throws beyond, so that nothing is taken that cannot be kept. */
export const MAX_WAITING = 1_000

/** What `message:send` is acknowledged with. */
export type SentAnswer = Answer<'message:send'>

interface Dependencies {
  readonly socket: SocketPort
  readonly environment: Environment
  /** Null: it cannot be opened. Never rejects. */
  readonly storage: Promise<Pick<UserStorage, 'outbox'> | null>
  /** A record came, changed or went. */
  readonly onChanged: (channelId: string) => void
  readonly onStored: (record: OutboxRecord, answer: SentAnswer) => void
}

interface Lane {
  readonly backoff: Backoff
  isBusy: boolean
  cancelWait: (() => void) | null
}

interface Waiter {
  resolve(answer: SentAnswer | null): void
  reject(error: ParleyErrorInfo): void
}

/**
 * Messages on their way. Each is kept before it is tried, is tried until the server says that it is stored or refuses it,
 * and has one id over all tries, by which the server stores it once. One conversation's go one after the other, in order.
 */
export class Outbox {
  /** How many wait; the failed are not counted. */
  readonly waiting = new Value(0)
  readonly #with: Dependencies
  readonly #records = new Map<string, OutboxRecord>()
  readonly #kept = new Set<string>()
  readonly #lanes = new Map<string, Lane>()
  readonly #waiters = new Map<string, Waiter>()
  #order = 0
  #isClosed = false

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
    dependencies.socket.onConnected(() => this.#pumpAll())
  }

  /** Records of a conversation, in the order in which they were written. */
  of(channelId: string): readonly OutboxRecord[] {
    return [...this.#records.values()]
      .filter((record) => record.channelId === channelId)
      .sort((a, b) => a.createdAt - b.createdAt || a.order - b.order)
  }

  /** Conversations in which something waits. */
  get channelIds(): ReadonlySet<string> {
    return new Set([...this.#records.values()].map(({ channelId }) => channelId))
  }

  /** What an earlier client of this user left behind. Before anything is sent. */
  restore(records: readonly OutboxRecord[]): void {
    for (const record of records.slice(0, MAX_WAITING)) {
      if (this.#records.has(record.clientMessageId)) continue
      this.#records.set(record.clientMessageId, record)
      this.#kept.add(record.clientMessageId)
    }
    this.#order = Math.max(this.#order, ...records.map(({ order }) => order + 1), 0)
    this.#changed()
    for (const channelId of this.channelIds) this.#with.onChanged(channelId)
    this.#pumpAll()
  }

  /** Resolves to the acknowledgement; null when the message was found stored in another way. */
  add(
    message: Pick<OutboxRecord, 'clientMessageId' | 'channelId' | 'content' | 'parentId'>,
  ): Promise<SentAnswer | null> {
    if (this.#records.size >= MAX_WAITING)
      throw new ParleyError('OUTBOX_FULL', `At most ${MAX_WAITING} messages may wait. Connect first.`)
    const { environment } = this.#with
    const record = { ...message, createdAt: environment.now(), order: this.#order++, failure: null }
    const stored = new Promise<SentAnswer | null>((resolve, reject) => {
      this.#waiters.set(record.clientMessageId, { resolve, reject })
    })
    this.#put(record)
    void this.#keep(record).then(() => this.#pump(record.channelId))
    return stored
  }

  /** Tries a failed one again, in its place in the order. */
  retry(clientMessageId: string): void {
    const record = this.#records.get(clientMessageId)
    if (record === undefined || record.failure === null) return
    const again = { ...record, failure: null }
    this.#put(again)
    void this.#keep(again).then(() => this.#pump(record.channelId))
  }

  /** Gives one up; its text, or null when there is no such one. */
  discard(clientMessageId: string): string | null {
    const record = this.#records.get(clientMessageId)
    if (record === undefined) return null
    this.#forget(record)
    this.#settle(clientMessageId)?.reject(new ParleyError('DISCARDED', 'The message was given up.'))
    return record.content
  }

  /** It was seen among the stored messages: an acknowledgement was lost, or another tab sent it. */
  seen(clientMessageId: string): void {
    const record = this.#records.get(clientMessageId)
    if (record === undefined) return
    this.#forget(record)
    this.#settle(clientMessageId)?.resolve(null)
  }

  close(): void {
    this.#isClosed = true
    for (const lane of this.#lanes.values()) lane.cancelWait?.()
    for (const waiter of this.#waiters.values())
      waiter.reject(new ParleyError('CLOSED', 'The client was closed; the message waits for the next one.'))
    this.#waiters.clear()
  }

  #pumpAll(): void {
    for (const lane of this.#lanes.values()) {
      lane.cancelWait?.()
      lane.cancelWait = null
    }
    for (const channelId of this.channelIds) void this.#pump(channelId)
  }

  async #pump(channelId: string): Promise<void> {
    const { socket, environment } = this.#with
    const lane = this.#lanes.get(channelId) ?? {
      backoff: new Backoff(environment),
      isBusy: false,
      cancelWait: null,
    }
    this.#lanes.set(channelId, lane)
    if (lane.isBusy || lane.cancelWait !== null) return
    lane.isBusy = true
    try {
      let next = this.#next(channelId)
      while (next !== undefined && socket.isConnected() && !this.#isClosed) {
        if (!(await this.#try(next, lane))) break
        next = this.#next(channelId)
      }
      if (next === undefined) this.#lanes.delete(channelId)
    } finally {
      lane.isBusy = false
    }
    // Something may have become ready between the last look and now.
    if (lane.cancelWait === null && socket.isConnected() && !this.#isClosed && this.#next(channelId))
      void this.#pump(channelId)
  }

  /** The oldest that is kept and has not failed; one that is not kept yet holds up those after it. */
  #next(channelId: string): OutboxRecord | undefined {
    const first = this.of(channelId).find(({ failure }) => failure === null)
    return first !== undefined && this.#kept.has(first.clientMessageId) ? first : undefined
  }

  /** False: wait before anything else of this conversation is tried. */
  async #try(record: OutboxRecord, lane: Lane): Promise<boolean> {
    const { socket, onStored } = this.#with
    const { clientMessageId, channelId, content, parentId } = record
    try {
      const answer = await socket.request('message:send', {
        content,
        channelId,
        clientMessageId,
        ...(parentId === null ? {} : { parentId }),
      })
      lane.backoff.reset()
      if (!this.#records.has(clientMessageId)) return true
      this.#forget(record, () => onStored(record, answer))
      this.#settle(clientMessageId)?.resolve(answer)
      return true
    } catch (error) {
      const fault = error instanceof ParleyError ? error : new ParleyError('SERVER_ERROR', 'Sending failed.')
      if (fault.canRetry) return this.#waitAWhile(channelId, lane, fault)
      this.#fail(record, fault)
      return true
    }
  }

  /** Without a connection the next one sets it going; else it is tried again later, as what was asked may be too much. */
  #waitAWhile(channelId: string, lane: Lane, { retryAfterMs }: ParleyError): false {
    const { socket, environment } = this.#with
    if (!socket.isConnected()) return false
    const wait = Math.max(retryAfterMs ?? 0, 200) + lane.backoff.next()
    lane.cancelWait = environment.after(wait, () => {
      lane.cancelWait = null
      void this.#pump(channelId)
    })
    return false
  }

  #fail(record: OutboxRecord, { code, message, canRetry, retryAfterMs }: ParleyErrorInfo): void {
    if (!this.#records.has(record.clientMessageId)) return
    const failed = { ...record, failure: { code, message, canRetry, retryAfterMs } }
    this.#put(failed)
    void this.#keep(failed)
    this.#settle(record.clientMessageId)?.reject(new ParleyError(code, message, { canRetry, retryAfterMs }))
  }

  #put(record: OutboxRecord): void {
    this.#records.set(record.clientMessageId, record)
    this.#changed()
    this.#with.onChanged(record.channelId)
  }

  /** `between`: what must be seen together with its going. */
  #forget(record: OutboxRecord, between?: () => void): void {
    this.#records.delete(record.clientMessageId)
    this.#kept.delete(record.clientMessageId)
    this.#changed()
    between?.()
    this.#with.onChanged(record.channelId)
    void this.#unkeep(record.clientMessageId)
  }

  /** A storage that fails costs the promise to survive a reload, not the message. */
  async #keep(record: OutboxRecord): Promise<void> {
    try {
      await (await this.#with.storage)?.outbox.put(record)
    } catch {
      // Kept in memory all the same.
    }
    const { clientMessageId } = record
    if (this.#records.has(clientMessageId)) this.#kept.add(clientMessageId)
    else await this.#unkeep(clientMessageId)
  }

  async #unkeep(clientMessageId: string): Promise<void> {
    try {
      await (await this.#with.storage)?.outbox.remove(clientMessageId)
    } catch {
      // It is tried once more by the next client, and found stored.
    }
  }

  #settle(clientMessageId: string): Waiter | undefined {
    const waiter = this.#waiters.get(clientMessageId)
    this.#waiters.delete(clientMessageId)
    return waiter
  }

  #changed(): void {
    this.waiting.set([...this.#records.values()].filter(({ failure }) => failure === null).length)
  }
}
