import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { storeQueries } from './queries.ts'
import { SqliteStore } from './sqlite-store.ts'
import type { StoreWriter } from './store-writer.ts'
import { WorkerClient } from './worker-client.ts'

export interface SqliteStoreOptions {
  /** Writes in the place of a thread of this process; it has opened the file. */
  readonly writer?: StoreWriter
  /** Made when it is not there, with its folder. `:memory:` cannot be: two connections share the file. */
  readonly file: string
  /** Hears of a thread that died or could not be started again. */
  readonly onTrouble?: (error: unknown) => void
  /** Most pages (of 4 KiB) that the file may grow to; no bound by default. */
  readonly maxPages?: number
}

/** Opens the one writing thread on a file, for stores of several processes. Brings the schema up to date. */
export async function openSqliteWriter(options: SqliteStoreOptions): Promise<StoreWriter> {
  const { onTrouble, maxPages = null } = options
  const file = resolve(options.file)
  mkdirSync(dirname(file), { recursive: true })
  return WorkerClient.open({ file, role: 'writer', maxPages }, onTrouble)
}

/** Opens the store, bringing the file's schema up to date. Rejects, in words for a person, when it must not be opened. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { onTrouble } = options
  if (options.file === ':memory:') throw new Error('The SQLite store needs a file; :memory: is not one.')
  const file = resolve(options.file)
  const writer = options.writer ?? (await openSqliteWriter(options))
  try {
    const reader = await WorkerClient.open({ file, role: 'reader', maxPages: null }, onTrouble)
    return new SqliteStore(file, { writer, reader }, storeQueries('sqlite'))
  } catch (error) {
    await writer.close()
    throw error
  }
}
