import { ParleyError } from '../api/error.ts'
import type { ClientStorage, OutboxRecord, UserStorage } from '../api/storage.ts'
import { memoryKept } from './memory.ts'
import { type OfflineMessage, readOfflineMessages, toOfflineMessage, toRecord } from './offline-messages.ts'
import { byAge, full, MAX_WAITING, scopeKey } from './outbox-order.ts'

/** Document 003, "Offline Message Handling". */
const KEY = 'offlineMessages'

/** What is used of `localStorage`. */
export type LocalStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/**
 * The outbox of document 003: an array of messages under `offlineMessages` in `localStorage`, which a client of that
 * document reads, too. What such a client left there is sent by whoever opens it first: it does not say whose it is.
 * Messages that were read are kept in memory alone.
 */
export const localStorageOutbox = (
  storage: LocalStorage = globalThis.localStorage,
  now: () => number = Date.now,
): ClientStorage => ({
  async open(scope) {
    const outbox = new OfflineOutbox(storage, scopeKey(scope), now)
    outbox.all()
    const kept = memoryKept()
    return {
      outbox: {
        all: async () => outbox.all(),
        put: async (record) => outbox.put(record),
        remove: async (clientMessageId) => outbox.remove(clientMessageId),
      },
      kept,
      clear: async () => {
        kept.clear()
        outbox.clear()
      },
      close: () => {},
    } satisfies UserStorage
  },
})

/** Reads and writes in one turn, so that several pages and a client of document 003 can share the key. */
class OfflineOutbox {
  readonly #storage: LocalStorage
  readonly #owner: string
  readonly #now: () => number

  constructor(storage: LocalStorage, owner: string, now: () => number) {
    this.#storage = storage
    this.#owner = owner
    this.#now = now
  }

  all(): readonly OutboxRecord[] {
    const messages = this.#read()
    const adopted = messages.map((message, index) => this.#adopt(message, index))
    // Their ids must be the same at every try, also after a reload.
    if (adopted.some((message, index) => message !== messages[index])) this.#write(adopted)
    return adopted
      .filter(({ owner }) => owner === this.#owner)
      .map((message) => toRecord(message, this.#now()))
      .sort(byAge)
  }

  put(record: OutboxRecord): void {
    const messages = this.#read()
    const index = messages.findIndex((message) => this.#isOwn(message, record.clientMessageId))
    if (index < 0 && messages.length >= MAX_WAITING) throw full()
    const message = toOfflineMessage(record, this.#owner)
    this.#write(index < 0 ? [...messages, message] : messages.with(index, message))
  }

  remove(clientMessageId: string): void {
    const messages = this.#read()
    const left = messages.filter((message) => !this.#isOwn(message, clientMessageId))
    if (left.length < messages.length) this.#write(left)
  }

  clear(): void {
    this.#write(this.#read().filter(({ owner }) => owner !== this.#owner))
  }

  #isOwn(message: OfflineMessage, clientMessageId: string): boolean {
    return message.owner === this.#owner && message.clientMessageId === clientMessageId
  }

  #adopt(message: OfflineMessage, index: number): OfflineMessage {
    const isWhole = message.owner !== undefined && message.clientMessageId !== undefined
    if (isWhole || (message.owner ?? this.#owner) !== this.#owner) return message
    const { clientMessageId = newMessageId(), createdAt = this.#now(), order = index } = message
    return { ...message, clientMessageId, createdAt, order, owner: this.#owner }
  }

  #read(): readonly OfflineMessage[] {
    return guarded(() => readOfflineMessages(this.#storage.getItem(KEY)))
  }

  #write(messages: readonly OfflineMessage[]): void {
    guarded(() =>
      messages.length === 0
        ? this.#storage.removeItem(KEY)
        : this.#storage.setItem(KEY, JSON.stringify(messages)),
    )
  }
}

/** Not `randomUUID`, which a page that came over plain HTTP does not have. */
const newMessageId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  )

/** A browser throws where the quota is used up and where the page may not store. */
const guarded = <T>(use: () => T): T => {
  try {
    return use()
  } catch {
    throw new ParleyError('STORAGE', 'This device cannot keep what waits to be sent')
  }
}
