import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { openSqliteStore, restoreSqlite } from '@parley/store-sql'
import type { SqliteDatabase } from '../config/database-url.ts'
import { readConfig } from '../config.ts'
import { ensureFolder } from '../storage.ts'
import { refuseArguments, UsageError } from './usage-error.ts'

export const BACKUP_USAGE = `parley backup FILE

Writes a consistent copy of the database to FILE, while the server runs.`

export const RESTORE_USAGE = `parley restore FILE

Puts a copy made by \`parley backup\` in place of the database. Stop the server first. Clients load their conversations
anew, as positions of the replaced database mean nothing in the restored one.`

type Environment = Readonly<Record<string, string | undefined>>

export const backupCommand = async (args: readonly string[], env: Environment): Promise<number> => {
  refuseArguments(args, 1, BACKUP_USAGE)
  const [file] = args
  if (file === undefined) throw new UsageError('Where to? Give a FILE.', BACKUP_USAGE)
  const database = sqliteOf(env)
  if (!existsSync(database.path)) throw new Error(`There is no database at ${database.path}.`)
  refuseUnwritable(resolve(file))
  const store = await openSqliteStore({ file: database.path })
  try {
    await store.backup(resolve(file))
  } finally {
    await store.close()
  }
  process.stdout.write(`Backup of ${database.path} written to ${resolve(file)}\n`)
  return 0
}

export const restoreCommand = async (args: readonly string[], env: Environment): Promise<number> => {
  refuseArguments(args, 1, RESTORE_USAGE)
  const [file] = args
  if (file === undefined) throw new UsageError('Where from? Give a FILE.', RESTORE_USAGE)
  const database = sqliteOf(env)
  if (!existsSync(file)) throw new Error(`There is no file ${resolve(file)}.`)
  ensureFolder(database.path)
  try {
    restoreSqlite(resolve(file), database.path)
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'SQLITE_NOTADB') throw cause
    throw new Error(`${resolve(file)} is not a backup of Parley.`, { cause })
  }
  process.stdout.write(`${resolve(file)} restored to ${database.path}\n`)
  return 0
}

const sqliteOf = (env: Environment): SqliteDatabase => {
  const { database } = readConfig(env)
  if (database.kind === 'sqlite') return database
  throw new Error(
    `The data is in PostgreSQL at ${database.address}: use pg_dump and pg_restore (docs/operations.md says how).`,
  )
}

const refuseUnwritable = (file: string): void => {
  try {
    accessSync(dirname(file), constants.W_OK)
  } catch (cause) {
    throw new Error(`There is no folder ${dirname(file)} that can be written.`, { cause })
  }
}
