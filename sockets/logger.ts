import type { Logger } from './types.ts'

const consoleLogger: Logger = {
  debug: (message, detail) => write('debug', message, detail),
  info: (message, detail) => write('info', message, detail),
  warn: (message, detail) => write('warn', message, detail),
  error: (message, detail) => write('error', message, detail),
}

/** The given logger or the console; `debug` and `info` are dropped unless `verbose`. */
export function loggerOf(given: Logger | undefined, verbose: boolean): Logger {
  const logger = given ?? consoleLogger
  if (verbose) return logger
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (message, detail) => logger.warn(message, detail),
    error: (message, detail) => logger.error(message, detail),
  }
}

function write(level: 'debug' | 'info' | 'warn' | 'error', message: string, detail: unknown): void {
  if (detail === undefined) console[level](`[websocket] ${message}`)
  else console[level](`[websocket] ${message}`, detail)
}
