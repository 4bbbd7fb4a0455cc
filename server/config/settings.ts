import { z } from 'zod'
import { stunUrls, turnUrls } from './ice-urls.ts'
import { cidrs, define, flag, origins, wholeNumber } from './kinds.ts'

const text = (info: { description: string; expects: string; fallback?: string }) =>
  define(info.fallback === undefined ? z.string().optional() : z.string().default(info.fallback), info)

const DAY = 86_400_000
const limit = (fallback: number, description: string) =>
  wholeNumber([1, 1_000_000_000], fallback, 'count', description)

/** Every setting of the server, by the name it has in the environment. */
export const Settings = z.object({
  PORT: wholeNumber([0, 65_535], 3_000, 'count', 'TCP port; 0 picks a free one'),
  HOST: define(z.string().min(1).default('127.0.0.1'), {
    description: 'Address to listen on; 0.0.0.0 for all',
    expects: 'an address or a host name',
    fallback: '127.0.0.1',
  }),
  DATA_DIR: define(z.string().min(1).default('./data'), {
    description: 'Folder of the embedded database and the generated secret',
    expects: 'a path',
    fallback: './data',
  }),
  DATABASE_URL: text({
    description: 'Database; unset: the SQLite file parley.db in DATA_DIR',
    expects: 'sqlite:PATH, file:PATH or postgres://USER:PASSWORD@HOST/DATABASE',
  }),
  DATABASE_POOL_MAX: wholeNumber([2, 1_000], 20, 'count', 'PostgreSQL: most connections of this node'),
  DATABASE_POOL_MIN: wholeNumber([0, 1_000], 5, 'count', 'PostgreSQL: connections that stay open when idle'),
  DATABASE_CONNECT_TIMEOUT: wholeNumber(
    [100, 600_000],
    10_000,
    'ms',
    'PostgreSQL: longest wait for a connection',
  ),
  DATABASE_STATEMENT_TIMEOUT: wholeNumber(
    [100, 600_000],
    10_000,
    'ms',
    'PostgreSQL: longest time of one statement',
  ),
  REDIS_URL: define(z.string().optional(), {
    description: 'Bus between nodes, redis:// or rediss://; unset: one node alone',
    expects: 'redis://HOST:PORT or rediss://HOST:PORT',
    secret: true,
  }),
  JWT_SECRET: define(z.string().min(32).optional(), {
    description: 'Signs tokens; unset: made once and kept in DATA_DIR/jwt-secret',
    expects: 'at least 32 characters',
    secret: true,
  }),
  ALLOWED_ORIGINS: origins('Origins of web pages that may use this server, besides its own'),
  TRUST_PROXY: cidrs('Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed'),
  LOG_LEVEL: define(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'), {
    description: 'Least severe level that is logged',
    expects: 'one of trace, debug, info, warn, error, fatal, silent',
    fallback: 'info',
  }),
  LOG_DIR: text({
    description: 'Folder for error.log and combined.log; unset: stdout only',
    expects: 'a path',
  }),
  NODE_ID: define(
    z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,64}$/)
      .optional(),
    { description: 'Name of this node; unset: made at every start', expects: '1 to 64 of A-Z a-z 0-9 _ . -' },
  ),
  WORKERS: define(
    z
      .string()
      .regex(/^(?:auto|[1-9]|[1-5]\d|6[0-4])$/)
      .default('1'),
    {
      description: 'Processes that share the port; auto: one a core, at most 16',
      expects: 'auto or a whole number from 1 to 64',
      fallback: '1',
    },
  ),
  METRICS_TOKEN: define(z.string().min(16).optional(), {
    description: 'Bearer that may read /metrics from elsewhere than loopback',
    expects: 'at least 16 characters',
    secret: true,
  }),
  MAX_PAYLOAD: wholeNumber([1_024, 16_777_216], 65_536, 'bytes', 'Largest frame and request body'),
  MAX_BUFFERED: wholeNumber(
    [65_536, 1_073_741_824],
    1_048_576,
    'bytes',
    'Unsent bytes at which a slow connection is closed',
  ),
  HEARTBEAT_INTERVAL: wholeNumber([100, DAY], 30_000, 'ms', 'Time between WebSocket pings'),
  PRESENCE_INTERVAL: wholeNumber(
    [0, 60_000],
    250,
    'ms',
    'Least time between two broadcast lists of who is online',
  ),
  PRESENCE_LIST_MAX: wholeNumber(
    [1, 100_000],
    500,
    'count',
    'Most users online of whom everyone hears everything; the bytes of a storm grow with its square',
  ),
  ROOM_GRACE: wholeNumber([0, DAY], 30_000, 'ms', 'Time a whisper room outlives connections that broke off'),
  GROUP_GRACE: wholeNumber([0, DAY], 60_000, 'ms', 'Time a group of calls outlives its last member'),
  DRAIN_SPREAD: wholeNumber(
    [0, 600_000],
    5_000,
    'ms',
    'Time over which clients are asked to come back after a shutdown',
  ),
  DRAIN_DELAY: wholeNumber(
    [0, 600_000],
    0,
    'ms',
    'Time for which a server that stops still serves while /api/ready is 503, for balancers to notice',
  ),
  SHUTDOWN_TIMEOUT: wholeNumber(
    [100, 600_000],
    10_000,
    'ms',
    'Longest time a shutdown may take, DRAIN_DELAY included',
  ),
  HUB_EXPOSE_EMAIL: flag(false, 'Show e-mail addresses to other users of the hub'),
  HUB_MAX_CONNECTIONS: wholeNumber([0, 10_000], 5, 'count', 'Hub connections of one user; 0: no limit'),
  WS_DEFLATE: flag(false, 'Compress WebSocket messages; costs memory per connection'),
  STUN_URLS: stunUrls('STUN servers that calls use; unset: none, which is enough within one network'),
  TURN_URL: turnUrls('TURN servers that relay calls, under one secret; unset: none'),
  TURN_SECRET: define(z.string().min(16).max(512).optional(), {
    description: 'Makes TURN credentials; static-auth-secret of coturn',
    expects: '16 to 512 characters',
    secret: true,
  }),
  TURN_TTL: wholeNumber([60_000, 30 * DAY], DAY / 2, 'ms', 'Time for which TURN credentials begin relays'),
  ADMIN_USER: define(
    z
      .string()
      .regex(/^[A-Za-z0-9_.-]{2,50}$/)
      .optional(),
    {
      description: 'Username of the first admin, made at the first start',
      expects: '2 to 50 of A-Z a-z 0-9 _ . -',
    },
  ),
  ADMIN_PASS: define(z.string().min(8).max(128).optional(), {
    description: 'Password of the first admin',
    expects: '8 to 128 characters',
    secret: true,
  }),
  LIMITS: define(z.enum(['on', 'off']).default('on'), {
    description: 'off lifts every limit, for benches on loopback',
    expects: 'on or off',
    fallback: 'on',
  }),
  LIMIT_REST: limit(600, 'Requests a minute per user, per address when anonymous'),
  LIMIT_REGISTER: limit(60, 'Registrations an hour per address, loopback spared'),
  LIMIT_LOGIN: limit(10, 'Failed sign-ins in 15 minutes per address and account'),
  LIMIT_CHAT: limit(20, 'Direct messages a second per user'),
  LIMIT_CHANNEL: limit(10, 'Channel messages a second per user'),
  LIMIT_HUB: limit(10, 'Hub messages a second per user'),
  LIMIT_WHISPER: limit(30, 'Whispers a minute per user'),
  LIMIT_TYPING: limit(5, 'Starts of typing a second per user'),
  LIMIT_SIGNAL: limit(50, 'Signalling messages a second per connection'),
  LIMIT_CALL: limit(20, 'Call requests a minute'),
  LIMIT_CONNECT: limit(600, 'Upgrades without a valid identity a minute per address'),
})

export type SettingValues = z.infer<typeof Settings>
export type SettingName = keyof SettingValues
