import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb'
import { ParleyError } from '../api/error.ts'
import type { ClientStorage, ConversationRecord, OutboxRecord, UserStorage } from '../api/storage.ts'
import { byAge, full, MAX_WAITING, scopeKey } from './outbox-order.ts'

/** Raise it with every change of the stores, and upgrade in `upgrade`. */
const SCHEMA_VERSION = 1
/** How long an older page may hold the database up before this one works without it (ms). */
const OPEN_PATIENCE = 5_000

interface Schema extends DBSchema {
  outbox: { key: string; value: OutboxRecord }
  conversations: { key: string; value: ConversationRecord }
  meta: { key: string; value: string }
}
type Database = IDBPDatabase<Schema>

const STORES = ['outbox', 'conversations', 'meta'] as const

/**
 * Keeps the outbox and the newest messages in IndexedDB, one database for each user of each server. Every call rejects
 * with `STORAGE` when the database is blocked, was taken away, or the quota is used up; the next call tries again.
 */
export const indexedDbStorage = (): ClientStorage => ({
  async open(scope) {
    const connection = new Connection(`parley ${scopeKey(scope)}`)
    await connection.run(async () => {})
    return userStorage(connection)
  },
})

const userStorage = (connection: Connection): UserStorage => ({
  outbox: {
    all: () => connection.run(async (db) => (await db.getAll('outbox')).sort(byAge)),
    put: (record) =>
      connection.run(async (db) => {
        const { store, done } = db.transaction('outbox', 'readwrite')
        // Waited for below; until then a failure is that of the request.
        done.catch(() => {})
        const isNew = (await store.getKey(record.clientMessageId)) === undefined
        const fits = !isNew || (await store.count()) < MAX_WAITING
        await Promise.all([fits ? store.put(record) : undefined, done])
        if (!fits) throw full()
      }),
    remove: (clientMessageId) => connection.run((db) => db.delete('outbox', clientMessageId)),
  },
  kept: {
    load: () =>
      connection.run(async (db) => {
        const transaction = db.transaction(['meta', 'conversations'])
        const [epoch, conversations] = await Promise.all([
          transaction.objectStore('meta').get('epoch'),
          transaction.objectStore('conversations').getAll(),
          transaction.done,
        ])
        return { epoch: epoch ?? null, conversations }
      }),
    saveEpoch: (epoch) => connection.run(async (db) => void (await db.put('meta', epoch, 'epoch'))),
    save: (record) => connection.run(async (db) => void (await db.put('conversations', record))),
    remove: (conversationId) => connection.run((db) => db.delete('conversations', conversationId)),
  },
  clear: () => connection.clear(),
  close: () => connection.close(),
})

/** An open database, opened again when it was taken away: by a newer page, or by the browser. */
class Connection {
  readonly #name: string
  #opening: Promise<Database> | null = null
  #isClosed = false

  constructor(name: string) {
    this.#name = name
  }

  async run<T>(use: (db: Database) => Promise<T>): Promise<T> {
    try {
      return await use(await this.#database())
    } catch (error) {
      throw error instanceof ParleyError ? error : failed(error)
    }
  }

  async clear(): Promise<void> {
    await this.run(async (db) => {
      const transaction = db.transaction(STORES, 'readwrite')
      await Promise.all([...STORES.map((name) => transaction.objectStore(name).clear()), transaction.done])
    })
    this.#release()
    // The name says who used this device. It is empty by now, so nobody waits for pages that still hold it.
    await new Promise<void>((resolve) => {
      deleteDB(this.#name, { blocked: () => resolve() }).then(
        () => resolve(),
        () => resolve(),
      )
    })
  }

  close(): void {
    this.#isClosed = true
    this.#release()
  }

  #database(): Promise<Database> {
    if (this.#isClosed) return Promise.reject(new ParleyError('CLOSED', 'This storage was closed'))
    if (this.#opening === null) {
      const opening = open(this.#name, () => this.#forget(opening))
      this.#opening = opening
      opening.catch(() => this.#forget(opening))
    }
    return this.#opening
  }

  #forget(opening: Promise<Database>): void {
    if (this.#opening === opening) this.#opening = null
  }

  #release(): void {
    this.#opening?.then(
      (db) => db.close(),
      () => {},
    )
    this.#opening = null
  }
}

const open = async (name: string, onGone: () => void): Promise<Database> => {
  let isLate = false
  const opening = openDB<Schema>(name, SCHEMA_VERSION, {
    upgrade(db, oldVersion) {
      if (oldVersion < 1) {
        db.createObjectStore('outbox', { keyPath: 'clientMessageId' })
        db.createObjectStore('conversations', { keyPath: 'channel.id' })
        db.createObjectStore('meta')
      }
    },
    blocking(_current, _next, event) {
      // Whoever wants the database in another form, or gone, must not wait for this page.
      onGone()
      ;(event.target as IDBDatabase).close()
    },
    terminated: onGone,
  })
  // What opens after nobody waits any more would hold others up.
  opening.then((db) => isLate && db.close()).catch(() => {})
  let timer: ReturnType<typeof setTimeout> | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      isLate = true
      reject(failed(null))
    }, OPEN_PATIENCE)
  })
  return Promise.race([opening, tooLate]).finally(() => clearTimeout(timer))
}

/** Names only: what a browser says of its database may hold what is in it. */
const failed = (error: unknown): ParleyError =>
  error instanceof Error && error.name === 'QuotaExceededError'
    ? new ParleyError('STORAGE', 'There is no room left on this device')
    : new ParleyError('STORAGE', 'What this device keeps cannot be reached', { canRetry: true })
