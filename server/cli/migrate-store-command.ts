import { resolve } from 'node:path'
import { type CopiedTable, copyStore, isSame } from '@parley/store-sql'
import { makeAccountTables } from '../accounts/auth.ts'
import type { Database } from '../config/database-url.ts'
import { readConfig } from '../config.ts'
import { openStorage } from '../storage.ts'
import { refuseArguments, UsageError } from './usage-error.ts'

export const MIGRATE_STORE_USAGE = `parley migrate-store FROM TO

Copies everything from SQLite (FROM: a file, or sqlite:PATH) to an empty PostgreSQL database (TO: postgres://…), accounts too, as of
one moment, also while a server runs on FROM. What is written there afterwards is not copied: stop the server first when you
move for good. Prints the rows and checksum of each table on both sides; when one differs, nothing is kept and the exit code is 1.`

export const migrateStoreCommand = async (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> => {
  refuseArguments(args, 2, MIGRATE_STORE_USAGE)
  const [from, to] = args
  if (from === undefined || to === undefined) {
    throw new UsageError('Give FROM and TO.', MIGRATE_STORE_USAGE)
  }
  const { pool } = targetOf(to, env)
  const tables = await copyStore({
    file: sourceOf(from, env),
    to: { url: to, ...pool },
    prepare: async () => {
      const storage = await openStorage(targetOf(to, env), { isServing: false })
      await makeAccountTables(storage.accountsDatabase).finally(() => storage.close())
    },
    onProgress: showProgress,
  })
  process.stderr.write('\n')
  process.stdout.write(tableOf(tables))
  const differing = tables.filter((table) => !isSame(table))
  if (differing.length === 0) return 0
  throw new Error(`Nothing was kept: ${differing.map(({ table }) => table).join(', ')} differ.`)
}

const sourceOf = (from: string, env: Parameters<typeof readConfig>[0]): string => {
  if (!/^(sqlite|file):/.test(from)) {
    if (!from.includes('://')) return resolve(from)
    throw new UsageError('FROM must be a file of SQLite, or sqlite:PATH.', MIGRATE_STORE_USAGE)
  }
  const database = parsed(from, env)
  if (database.kind === 'sqlite') return database.path
  throw new UsageError('FROM must be a file of SQLite, or sqlite:PATH.', MIGRATE_STORE_USAGE)
}

const targetOf = (to: string, env: Parameters<typeof readConfig>[0]) => {
  const database = parsed(to, env)
  if (database.kind === 'postgres') return database
  throw new UsageError('TO must be postgres://USER:PASSWORD@HOST/DATABASE.', MIGRATE_STORE_USAGE)
}

/** With the settings of the environment for the connections. */
const parsed = (url: string, env: Parameters<typeof readConfig>[0]): Database =>
  readConfig({ ...env, DATABASE_URL: url }).database

/** One line that is written over, for a person alone. */
const showProgress = (table: string, done: number, total: number): void => {
  if (process.stderr.isTTY || done === total) {
    process.stderr.write(
      `${process.stderr.isTTY ? '\r\x1b[K' : ''}${table}: ${done} of ${total} rows${process.stderr.isTTY ? '' : '\n'}`,
    )
  }
}

const tableOf = (tables: readonly CopiedTable[]): string => {
  const lines = tables.map((each) => [
    ...[each.table, String(each.source.rows), String(each.target.rows), each.source.sum.slice(0, 16)],
    ...[each.target.sum.slice(0, 16), isSame(each) ? 'same' : 'DIFFERENT'],
  ])
  const all = [['table', 'rows in FROM', 'rows in TO', 'checksum of FROM', 'checksum of TO', ''], ...lines]
  const widths = all[0]!.map((_, column) => Math.max(...all.map((line) => line[column]!.length)))
  return all
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
