import { join, resolve } from 'node:path'
import { ConfigError } from './config-error.ts'

/** Where the data is. */
export interface SqliteDatabase {
  readonly kind: 'sqlite'
  /** Absolute path of the file. */
  readonly path: string
}

const SQLITE = /^(?:sqlite|file):(?:\/\/(?=\/))?(.+)$/

/** Throws `ConfigError` for a database that this version does not speak. The address is not repeated: it may hold a password. */
export const parseDatabaseUrl = (url: string | undefined, dataDir: string): SqliteDatabase => {
  if (url === undefined) return { kind: 'sqlite', path: resolve(join(dataDir, 'parley.db')) }
  const path = SQLITE.exec(url)?.[1]
  if (path !== undefined) return { kind: 'sqlite', path: resolve(path) }
  const scheme = /^(postgres(?:ql)?|mongodb(?:\+srv)?):/.exec(url)?.[1]
  const problem = scheme === undefined ? 'it has another scheme' : `${scheme} is not supported yet`
  throw new ConfigError(`DATABASE_URL must be sqlite:PATH or file:PATH (${problem})`)
}
