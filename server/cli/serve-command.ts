import { startServer } from '../compose.ts'
import { refuseArguments } from './usage-error.ts'

export const SERVE_USAGE = `parley serve

Runs the server until SIGTERM or SIGINT. Settings come from the environment: \`parley config\` lists them.`

/** Resolves when the server has stopped after a signal. */
export const serveCommand = async (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> => {
  refuseArguments(args, 0, SERVE_USAGE)
  const running = await startServer(env).catch((error: unknown) => {
    throw explainStart(error)
  })
  process.stdout.write(`Parley listening on ${running.url}\n`)
  return new Promise((resolve) => {
    // A second signal finds the stop under way and waits for the same end.
    const stop = (): void => {
      running.stop().then(
        () => resolve(0),
        () => resolve(1),
      )
    }
    process.on('SIGTERM', stop)
    process.on('SIGINT', stop)
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
