import { join, resolve } from 'node:path'
import { ConfigError } from './config-error.ts'

/** Where the data is. */
export interface SqliteDatabase {
  readonly kind: 'sqlite'
  /** Absolute path of the file. */
  readonly path: string
}

export interface PostgresDatabase {
  readonly kind: 'postgres'
  /** With its password: never shown. */
  readonly url: string
  /** `HOST/DATABASE`: what is shown of it. */
  readonly address: string
  readonly pool: PoolSettings
}

export type Database = SqliteDatabase | PostgresDatabase

/** Connections of this node to PostgreSQL. Times in ms. */
export interface PoolSettings {
  readonly maxConnections: number
  readonly minConnections: number
  readonly connectTimeout: number
  readonly statementTimeout: number
}

const SQLITE = /^(?:sqlite|file):(?:\/\/(?=\/))?(.+)$/
const POSTGRES = /^postgres(?:ql)?:\/\//

/** Throws `ConfigError` for a database that this version does not speak. The address is not repeated: it may hold a password. */
export const parseDatabaseUrl = (url: string | undefined, dataDir: string, pool: PoolSettings): Database => {
  if (url === undefined) return { kind: 'sqlite', path: resolve(join(dataDir, 'parley.db')) }
  const path = SQLITE.exec(url)?.[1]
  if (path !== undefined) return { kind: 'sqlite', path: resolve(path) }
  if (POSTGRES.test(url)) return { kind: 'postgres', url, address: addressOf(url), pool }
  const isMongo = /^mongodb(?:\+srv)?:/.test(url)
  const problem = isMongo ? 'mongodb is not supported yet' : 'it has another scheme'
  throw new ConfigError(
    `DATABASE_URL must be sqlite:PATH, file:PATH or postgres://USER:PASSWORD@HOST/DATABASE (${problem})`,
  )
}

const addressOf = (url: string): string => {
  if (!URL.canParse(url)) {
    throw new ConfigError(
      'DATABASE_URL must be postgres://USER:PASSWORD@HOST/DATABASE (this one cannot be read; are signs in the password %-encoded?)',
    )
  }
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}
