import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Observer } from '@parley/core'
import pino, { type Logger } from 'pino'
import type { Metrics } from './metrics.ts'

/** What the server writes about itself. Names and ids, never content, tokens or values. */
export interface Log {
  readonly main: Logger
  /** Security events; written at every LOG_LEVEL but `silent`. */
  readonly audit: Logger
  /** Writes out what the files still hold back; for the end of the process. */
  flush(): void
}

export interface LogSettings {
  readonly logLevel: pino.LevelWithSilent
  readonly logDir: string | null
  readonly nodeId: string
}

/** Names under which a secret or content could slip in by mistake. Errors may carry requests. */
const SECRET_NAMES = [
  'password',
  'token',
  'secret',
  'authorization',
  'cookie',
  'content',
  'body',
  'pin',
  'email',
]
const REDACTED = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

/** JSON lines to `out` (stdout unless a test says otherwise) and, with LOG_DIR, to `error.log` and `combined.log`. */
export const createLog = (settings: LogSettings, out: pino.DestinationStream = pino.destination(1)): Log => {
  const { logLevel, logDir, nodeId } = settings
  const isSilent = logLevel === 'silent'
  const files = logDir === null || isSilent ? [] : openFiles(logDir)
  const options = {
    base: { pid: process.pid, nodeId },
    redact: { paths: REDACTED, censor: '[redacted]' },
    serializers: { err: describeError, error: describeError },
  }
  const combined = files.map(({ level, stream }) => ({ level, stream }))
  // The level of each stream is open; the loggers' own levels decide, so that audit passes where main does not.
  const streams = pino.multistream([{ level: 'trace' as const, stream: out }, ...combined], { dedupe: false })
  return {
    main: pino({ ...options, level: logLevel }, streams),
    audit: pino({ ...options, level: isSilent ? 'silent' : 'info' }, streams).child({ audit: true }),
    flush: () => {
      for (const { stream } of files) stream.flushSync()
    },
  }
}

const openFiles = (logDir: string) => {
  mkdirSync(logDir, { recursive: true })
  const open = (name: string) => pino.destination({ dest: join(logDir, name), sync: true })
  return [
    { level: 'error' as const, stream: open('error.log') },
    { level: 'trace' as const, stream: open('combined.log') },
  ]
}

/** Type, message, stack and causes: an error's other fields may hold a request or a query's values. */
const describeError = (error: unknown): Record<string, unknown> => {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code } = error as { code?: unknown }
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}

/** The core's and the dialects' view of log and metrics. */
export const createObserver = ({ log, metrics }: { log: Log; metrics: Metrics }): Observer => ({
  debug: (event, fields) => log.main.debug(fields, event),
  error: (event, error, fields = {}) => log.main.error({ ...fields, err: error }, event),
  audit: (event, fields) => log.audit.info(fields, event),
  count: (metric, labels, by) => metrics.count(metric, labels, by),
  observe: (metric, value, labels) => metrics.observe(metric, value, labels),
})
