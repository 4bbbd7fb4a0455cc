import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Store } from '@parley/core'
import { lockForServing, openPostgresStore, openSqliteStore, type StoreWriter } from '@parley/store-sql'
import type { Dialect } from 'kysely'
import type { Database, PostgresDatabase, SqliteDatabase } from './config/database-url.ts'
import { ConfigError } from './config.ts'

/** Where the accounts component keeps its tables: in the database of the store. */
export interface AccountsDatabase {
  readonly dialect: Dialect
  readonly type: 'sqlite' | 'postgres'
  /** Runs a change of the tables that no other node may run at the same time. */
  exclusively<T>(task: () => Promise<T>): Promise<T>
}

/** An open database, whichever it is. */
export interface Storage {
  readonly store: Store
  readonly accountsDatabase: AccountsDatabase
  /** Queries since it was opened, those of accounts left out. */
  queries(): number
  /** Finishes what was accepted, then closes and lets others serve the database. Idempotent. */
  close(): Promise<void>
}

export interface StorageOptions {
  /** A server is about to serve the database; commands work beside one. */
  readonly isServing: boolean
  readonly onTrouble?: (error: unknown) => void
  /** SQLite: another process of this machine serves the file, and writes for this one. */
  readonly writer?: StoreWriter
}

/** Opens the database that the settings name. Rejects with one line for a person when it must not be opened. */
export const openStorage = (database: Database, options: StorageOptions): Promise<Storage> => {
  switch (database.kind) {
    case 'sqlite':
      return openOnSqlite(database, options)
    case 'postgres':
      return openOnPostgres(database, options)
  }
}

const openOnSqlite = async (
  { path }: SqliteDatabase,
  { isServing, onTrouble, writer }: StorageOptions,
): Promise<Storage> => {
  ensureFolder(path)
  const lock = isServing && writer === undefined ? lockForServing(path) : null
  try {
    const store = await openSqliteStore({
      file: path,
      ...(onTrouble === undefined ? {} : { onTrouble }),
      ...(writer === undefined ? {} : { writer }),
    })
    return {
      store,
      accountsDatabase: { dialect: store.kyselyDialect, type: 'sqlite', exclusively: (task) => task() },
      queries: () => store.asked,
      close: async () => {
        await store.close()
        lock?.release()
      },
    }
  } catch (error) {
    lock?.release()
    throw error
  }
}

const openOnPostgres = async (
  { url, address, pool }: PostgresDatabase,
  { onTrouble }: StorageOptions,
): Promise<Storage> => {
  try {
    const store = await openPostgresStore({ url, ...pool, ...(onTrouble === undefined ? {} : { onTrouble }) })
    return {
      store,
      accountsDatabase: {
        ...{ dialect: store.kyselyDialect, type: 'postgres' },
        exclusively: (task) => store.exclusively(task),
      },
      queries: () => store.asked,
      close: () => store.close(),
    }
  } catch (error) {
    const { code, cause } = error as { code?: unknown; cause?: unknown }
    if (code !== 'UNAVAILABLE') throw error
    const why = cause instanceof Error && cause.message !== '' ? cause.message : 'no connection'
    throw new Error(`The database ${address} does not answer: ${why}. Check DATABASE_URL.`, { cause: error })
  }
}

/** Makes the folder of a database file, readable by its owner alone. Throws a `ConfigError` that names it when it cannot. */
export const ensureFolder = (file: string): void => {
  const folder = dirname(file)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new ConfigError(`DATA_DIR must be a folder that can be written (${folder})`, { cause })
  }
}
