import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { storeQueries } from './queries.ts'
import { SqliteStore } from './sqlite-store.ts'
import { WorkerClient } from './worker-client.ts'

export interface SqliteStoreOptions {
  /** Made when it is not there, with its folder. `:memory:` cannot be: two connections share the file. */
  readonly file: string
  /** Hears of a thread that died or could not be started again. */
  readonly onTrouble?: (error: unknown) => void
  /** Most pages (of 4 KiB) that the file may grow to; no bound by default. */
  readonly maxPages?: number
}

/** Opens the store, bringing the file's schema up to date. Rejects, in words for a person, when it must not be opened. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { onTrouble, maxPages = null } = options
  if (options.file === ':memory:') throw new Error('The SQLite store needs a file; :memory: is not one.')
  const file = resolve(options.file)
  mkdirSync(dirname(file), { recursive: true })
  const writer = await WorkerClient.open({ file, role: 'writer', maxPages }, onTrouble)
  try {
    const reader = await WorkerClient.open({ file, role: 'reader', maxPages: null }, onTrouble)
    return new SqliteStore(file, { writer, reader }, storeQueries('sqlite'))
  } catch (error) {
    await writer.close()
    throw error
  }
}
