import cluster from 'node:cluster'
import { startServer } from '../compose.ts'
import { type Config, readConfig } from '../config.ts'
import { runPrimary } from '../workers/primary.ts'
import { runWorker } from '../workers/worker.ts'
import { refuseArguments } from './usage-error.ts'

export const SERVE_USAGE = `parley serve

Runs the server until SIGTERM or SIGINT. Settings come from the environment: \`parley config\` lists them.`

/** Resolves when the server has stopped after a signal. */
export const serveCommand = async (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> => {
  refuseArguments(args, 0, SERVE_USAGE)
  // From the first moment on: a signal during the start, or right after the line below, ends in order too.
  const signalled = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => resolve())
  })
  const config = readConfig(env)
  if (config.workers > 1) return serveWithWorkers(config, env, signalled)
  const running = await startServer(env).catch((error: unknown) => {
    throw explainStart(error)
  })
  process.stdout.write(`Parley listening on ${running.url}\n`)
  await signalled
  // A second signal changes nothing: the stop is under way.
  await running.stop()
  return 0
}

/** One process of several, or the one that starts them. */
const serveWithWorkers = async (
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
  signalled: Promise<void>,
): Promise<number> => {
  if (cluster.isWorker) return runWorker(env, signalled, explainStart)
  const onListening = (url: string): void => void process.stdout.write(`Parley listening on ${url}\n`)
  return runPrimary({ config, signalled, onListening }).catch((error: unknown) => {
    throw explainStart(error)
  })
}

/** What the system says of a start that failed, in terms of the settings. */
const explainStart = (cause: unknown): unknown => {
  const { code, syscall, address, port, path } = cause as NodeJS.ErrnoException & {
    address?: string
    port?: number
  }
  const explain = (message: string): Error => new Error(message, { cause })
  if (syscall === 'mkdir' || syscall === 'open') {
    return explain(`DATA_DIR and LOG_DIR must be folders that can be written; ${path} is not (${code})`)
  }
  if (code === 'EADDRINUSE') {
    return explain(`PORT ${port} is in use on ${address}: stop what listens there, or set PORT (0 picks one)`)
  }
  if (code === 'EACCES') return explain(`PORT ${port} needs more rights: set PORT to 1024 or more`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return explain(`HOST must be an address of this machine (${code})`)
  }
  return cause
}
