import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { LimitSettings } from '@parley/core'
import type { z } from 'zod'
import { ConfigError } from './config/config-error.ts'
import { type Database, parseDatabaseUrl } from './config/database-url.ts'
import { settingInfo } from './config/kinds.ts'
import { toLimits } from './config/limits.ts'
import { isLoopback } from './config/loopback.ts'
import { parseRedisUrl } from './config/redis-url.ts'
import { type SettingName, Settings, type SettingValues } from './config/settings.ts'
import type { IceSettings } from './ice/ice-servers.ts'

export { ConfigError } from './config/config-error.ts'
export { describeSettings } from './config/describe.ts'
export { loadSecret } from './config/secret.ts'

/** The settings, checked. Times in ms, sizes in bytes. */
export interface Config {
  readonly port: number
  readonly host: string
  /** Absolute. */
  readonly dataDir: string
  readonly database: Database
  /** Null: one node alone. May hold a password. */
  readonly redisUrl: string | null
  /** Null: `loadSecret(dataDir)` gives it. */
  readonly jwtSecret: string | null
  /** Null: unset, which lets loopback origins pass while `host` is loopback. */
  readonly allowedOrigins: readonly string[] | null
  readonly trustProxy: readonly string[]
  readonly logLevel: SettingValues['LOG_LEVEL']
  readonly logDir: string | null
  readonly nodeId: string
  /** Processes that share the port. 1: this one alone. */
  readonly workers: number
  readonly metricsToken: string | null
  readonly maxPayload: number
  readonly maxBuffered: number
  readonly heartbeatInterval: number
  readonly presenceInterval: number
  readonly presenceListMax: number
  readonly roomGrace: number
  readonly groupGrace: number
  readonly drainSpread: number
  /** Below `shutdownTimeout`, or 0. */
  readonly drainDelay: number
  readonly shutdownTimeout: number
  readonly hubExposeEmail: boolean
  readonly hubMaxConnections: number
  readonly wsDeflate: boolean
  readonly ice: IceSettings
  readonly firstAdmin: { readonly username: string; readonly password: string } | null
  readonly limits: LimitSettings | 'off'
}

/** Most workers that `auto` means. */
const MAX_AUTO = 16
/** A worker's node id is the machine's with its number behind it. */
const MAX_SHARED_NODE_ID = 61

type Environment = Readonly<Record<string, string | undefined>>

/** Reads and checks every setting. Throws `ConfigError` on the first that cannot work. Touches no file. */
export const readConfig = (env: Environment): Config => {
  refuseUnknown(env)
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = Settings.safeParse(given)
  if (!parsed.success) throw toConfigError(parsed.error, env)
  refuseCombinations(parsed.data)
  return toConfig(parsed.data)
}

/** Somebody who writes PARLEY_PORT means PORT, and would wonder for long why nothing happens. */
const refuseUnknown = (env: Environment): void => {
  const name = Object.keys(env).find((key) => key.startsWith('PARLEY_'))
  if (name === undefined) return
  const bare = name.slice('PARLEY_'.length)
  const hint = bare in Settings.shape ? `it is called ${bare}` : 'run `parley config` for the list'
  throw new ConfigError(`${name} must be unset: there is no such setting; ${hint}`)
}

const toConfigError = (error: z.ZodError, env: Environment): ConfigError => {
  const name = String(error.issues[0]?.path[0]) as SettingName
  const info = settingInfo.get(Settings.shape[name])
  const found = info?.secret === true ? '' : `; it is ${JSON.stringify(env[name])}`
  return new ConfigError(`${name} must be ${info?.expects ?? 'something else'}${found}`)
}

const refuseCombinations = (values: SettingValues): void => {
  if (values.DATABASE_POOL_MIN > values.DATABASE_POOL_MAX) {
    throw new ConfigError('DATABASE_POOL_MIN must be at most DATABASE_POOL_MAX')
  }
  refuseLoneNodes(values)
  if (values.WORKERS !== '1' && (values.NODE_ID?.length ?? 0) > MAX_SHARED_NODE_ID) {
    throw new ConfigError(`NODE_ID must have at most ${MAX_SHARED_NODE_ID} characters with WORKERS`)
  }
  if (values.LIMITS === 'off' && !isLoopback(values.HOST)) {
    throw new ConfigError('LIMITS must be on unless HOST is a loopback address such as 127.0.0.1')
  }
  if (values.DRAIN_DELAY > 0 && values.SHUTDOWN_TIMEOUT <= values.DRAIN_DELAY) {
    throw new ConfigError(
      `SHUTDOWN_TIMEOUT must be above DRAIN_DELAY, which is part of it; they are ${values.SHUTDOWN_TIMEOUT} and ${values.DRAIN_DELAY}`,
    )
  }
  if ((values.ADMIN_USER === undefined) !== (values.ADMIN_PASS === undefined)) {
    const missing = values.ADMIN_USER === undefined ? 'ADMIN_USER' : 'ADMIN_PASS'
    throw new ConfigError(`${missing} must be set too: ADMIN_USER and ADMIN_PASS go together`)
  }
  if ((values.TURN_URL.length === 0) !== (values.TURN_SECRET === undefined)) {
    const missing = values.TURN_SECRET === undefined ? 'TURN_SECRET' : 'TURN_URL'
    throw new ConfigError(`${missing} must be set too: TURN_URL and TURN_SECRET go together`)
  }
}

const databaseOf = (values: SettingValues): Database =>
  parseDatabaseUrl(values.DATABASE_URL, values.DATA_DIR, {
    maxConnections: values.DATABASE_POOL_MAX,
    minConnections: values.DATABASE_POOL_MIN,
    connectTimeout: values.DATABASE_CONNECT_TIMEOUT,
    statementTimeout: values.DATABASE_STATEMENT_TIMEOUT,
  })

/** What several nodes need, and a single one has by itself. */
const refuseLoneNodes = (values: SettingValues): void => {
  if (values.REDIS_URL === undefined) return
  if (values.JWT_SECRET === undefined) {
    throw new ConfigError('JWT_SECRET must be set too: with REDIS_URL all nodes share one')
  }
  // On loopback it is somebody who tries a bus out; the database's lock lets one node alone have it there too.
  if (databaseOf(values).kind === 'sqlite' && !isLoopback(values.HOST)) {
    throw new ConfigError(
      'REDIS_URL must be unset with a SQLite database: several hosts cannot share its file',
    )
  }
}

const toConfig = (values: SettingValues): Config => ({
  port: values.PORT,
  host: values.HOST,
  dataDir: resolve(values.DATA_DIR),
  database: databaseOf(values),
  redisUrl: parseRedisUrl(values.REDIS_URL),
  jwtSecret: values.JWT_SECRET ?? null,
  allowedOrigins: values.ALLOWED_ORIGINS ?? null,
  trustProxy: values.TRUST_PROXY,
  logLevel: values.LOG_LEVEL,
  logDir: values.LOG_DIR ?? null,
  nodeId: values.NODE_ID ?? `node-${randomBytes(6).toString('hex')}`,
  workers: values.WORKERS === 'auto' ? Math.min(availableParallelism(), MAX_AUTO) : Number(values.WORKERS),
  metricsToken: values.METRICS_TOKEN ?? null,
  maxPayload: values.MAX_PAYLOAD,
  maxBuffered: values.MAX_BUFFERED,
  heartbeatInterval: values.HEARTBEAT_INTERVAL,
  presenceInterval: values.PRESENCE_INTERVAL,
  presenceListMax: values.PRESENCE_LIST_MAX,
  roomGrace: values.ROOM_GRACE,
  groupGrace: values.GROUP_GRACE,
  drainSpread: values.DRAIN_SPREAD,
  drainDelay: values.DRAIN_DELAY,
  shutdownTimeout: values.SHUTDOWN_TIMEOUT,
  hubExposeEmail: values.HUB_EXPOSE_EMAIL,
  hubMaxConnections: values.HUB_MAX_CONNECTIONS,
  wsDeflate: values.WS_DEFLATE,
  ice: {
    stunUrls: values.STUN_URLS,
    turn:
      values.TURN_SECRET === undefined
        ? null
        : { urls: values.TURN_URL, secret: values.TURN_SECRET, ttl: values.TURN_TTL },
  },
  firstAdmin:
    values.ADMIN_USER === undefined || values.ADMIN_PASS === undefined
      ? null
      : { username: values.ADMIN_USER, password: values.ADMIN_PASS },
  limits: toLimits(values),
})
