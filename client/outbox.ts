import { ParleyError } from './api/error.ts'
import type { OutboxRecord, UserStorage } from './api/storage.ts'
import { Backoff } from './backoff.ts'
import type { Environment } from './environment.ts'
import { closed } from './errors.ts'
import type { SocketPort } from './socket-port.ts'
import type { Stored } from './timeline.ts'
import { Timer } from './timer.ts'
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
  /** Calls once what the server said of the conversations is kept. */
  readonly afterKept: (run: () => void) => void
  /** A record came, changed or went. */
  readonly onChanged: (channelId: string) => void
  /** `isSure`: it was tried once, so it is as it was written. */
  readonly onStored: (record: OutboxRecord, answer: SentAnswer, isSure: boolean) => Stored
}

interface Lane {
  readonly backoff: Backoff
  readonly wait: Timer
  isBusy: boolean
}

interface Waiter {
  resolve(message: Stored): void
  reject(error: ParleyError): void
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
  /** May be stored already. */
  readonly #tried = new Set<string>()
  readonly #lanes = new Map<string, Lane>()
  readonly #waiters = new Map<string, readonly Waiter[]>()
  #order = 0
  #newest = 0
  /** Before that nothing is tried: what was written earlier goes first. */
  #isRestored = false
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

  /** What an earlier client of this user left behind; nothing is sent before. */
  restore(records: readonly OutboxRecord[]): void {
    this.#isRestored = true
    for (const record of records.slice(0, MAX_WAITING)) {
      const { clientMessageId, order, createdAt } = record
      this.#order = Math.max(this.#order, order + 1)
      this.#newest = Math.max(this.#newest, createdAt)
      if (this.#records.has(clientMessageId)) continue
      this.#records.set(clientMessageId, record)
      this.#kept.add(clientMessageId)
      this.#tried.add(clientMessageId)
    }
    this.#changed()
    for (const channelId of this.#channelIds) this.#with.onChanged(channelId)
    this.#pumpAll()
  }

  /** Resolves to the message once it is stored. An id that waits already is tried again. */
  add(
    message: Pick<OutboxRecord, 'clientMessageId' | 'channelId' | 'content' | 'parentId'>,
  ): Promise<Stored> {
    if (this.#isClosed) throw closed()
    const { clientMessageId: id } = message
    const known = this.#records.get(id)
    if (known === undefined && this.#records.size >= MAX_WAITING)
      throw new ParleyError('OUTBOX_FULL', `At most ${MAX_WAITING} messages may wait.`)
    // A clock that goes back must not change the order.
    this.#newest = Math.max(this.#newest, this.#with.environment.now())
    const created = known ?? { ...message, createdAt: this.#newest, order: this.#order++ }
    const stored = new Promise<Stored>((resolve, reject) => {
      this.#waiters.set(id, [...(this.#waiters.get(id) ?? []), { resolve, reject }])
    })
    this.#try({ ...created, failure: null })
    return stored
  }

  /** Tries a failed one again, in its place in the order. */
  retry(clientMessageId: string): void {
    const record = this.#records.get(clientMessageId)
    if (record !== undefined && record.failure !== null) this.#try({ ...record, failure: null })
  }

  /** Gives one up; its text, or null when there is no such one. */
  discard(clientMessageId: string): string | null {
    const record = this.#records.get(clientMessageId)
    if (record === undefined) return null
    this.#forget(record)
    this.#reject(clientMessageId, new ParleyError('DISCARDED', 'The message was given up.'))
    return record.content
  }

  /** It was seen among the stored messages: an acknowledgement was lost, or another tab sent it. */
  seen(message: Stored): void {
    const record = this.#records.get(message.clientMessageId ?? '')
    if (record !== undefined) this.#forget(record, () => message)
  }

  close(): void {
    this.#isClosed = true
    for (const { wait } of this.#lanes.values()) wait.cancel()
    for (const id of [...this.#waiters.keys()]) this.#reject(id, closed())
  }

  /** Conversations in which something waits. */
  get #channelIds(): ReadonlySet<string> {
    return new Set([...this.#records.values()].map(({ channelId }) => channelId))
  }

  #pumpAll(): void {
    for (const { wait } of this.#lanes.values()) wait.cancel()
    for (const channelId of this.#channelIds) void this.#pump(channelId)
  }

  #canSend(): boolean {
    return this.#isRestored && !this.#isClosed && this.#with.socket.isConnected()
  }

  #try(record: OutboxRecord): void {
    this.#put(record)
    void this.#keep(record).then(() => this.#pump(record.channelId))
  }

  async #pump(channelId: string): Promise<void> {
    const { environment } = this.#with
    const lane = this.#lanes.get(channelId) ?? {
      backoff: new Backoff(environment),
      wait: new Timer(environment, () => void this.#pump(channelId)),
      isBusy: false,
    }
    this.#lanes.set(channelId, lane)
    if (lane.isBusy) return
    lane.isBusy = true
    for (;;) {
      const next = this.#next(channelId)
      if (next === undefined && !lane.wait.isSet) this.#lanes.delete(channelId)
      if (next === undefined || lane.wait.isSet || !this.#canSend()) break
      await this.#send(next, lane)
    }
    lane.isBusy = false
  }

  /** The oldest that is kept and has not failed; one that is not kept yet holds up those after it. */
  #next(channelId: string): OutboxRecord | undefined {
    const first = this.of(channelId).find(({ failure }) => failure === null)
    return first !== undefined && this.#kept.has(first.clientMessageId) ? first : undefined
  }

  /** Leaves the lane waiting where nothing else of this conversation may be tried yet. */
  async #send(record: OutboxRecord, lane: Lane): Promise<void> {
    const { socket, onStored } = this.#with
    const { clientMessageId, channelId, content, parentId } = record
    const isSure = !this.#tried.has(clientMessageId)
    this.#tried.add(clientMessageId)
    try {
      const answer = await socket.request('message:send', {
        content,
        channelId,
        clientMessageId,
        ...(parentId === null ? {} : { parentId }),
      })
      lane.backoff.reset()
      // Also of one that was given up meanwhile: it is stored all the same.
      this.#forget(record, () => onStored(record, answer, isSure))
    } catch (error) {
      const fault = error as ParleyError
      if (!fault.canRetry) this.#fail(record, fault)
      // Without a connection the next one sets it going; with one, what was asked may be too much.
      else if (socket.isConnected()) lane.wait.set((fault.retryAfterMs ?? 200) + lane.backoff.next())
    }
  }

  #fail(record: OutboxRecord, error: ParleyError): void {
    if (!this.#records.has(record.clientMessageId)) return
    const { code, message, canRetry, retryAfterMs } = error
    const failed = { ...record, failure: { code, message, canRetry, retryAfterMs } }
    this.#put(failed)
    void this.#keep(failed)
    this.#reject(record.clientMessageId, error)
  }

  #put(record: OutboxRecord): void {
    this.#records.set(record.clientMessageId, record)
    this.#changed()
    this.#with.onChanged(record.channelId)
  }

  /** `store` puts it among what is stored: both are seen at once. Without it, it was given up. */
  #forget(record: OutboxRecord, store?: () => Stored): void {
    const { clientMessageId: id, channelId } = record
    for (const known of [this.#records, this.#kept, this.#tried]) known.delete(id)
    this.#changed()
    const message = store?.()
    this.#with.onChanged(channelId)
    if (message === undefined) return void this.#unkeep(id)
    // A page that is reloaded meanwhile would show it nowhere.
    this.#with.afterKept(() => void this.#unkeep(id))
    for (const { resolve } of this.#waiters.get(id) ?? []) resolve(message)
    this.#waiters.delete(id)
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

  #reject(clientMessageId: string, error: ParleyError): void {
    for (const { reject } of this.#waiters.get(clientMessageId) ?? []) reject(error)
    this.#waiters.delete(clientMessageId)
  }

  #changed(): void {
    this.waiting.set([...this.#records.values()].filter(({ failure }) => failure === null).length)
  }
}
