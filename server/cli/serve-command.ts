import { startServer } from '../compose.ts'

export const SERVE_USAGE = `parley serve

Runs the server until SIGTERM or SIGINT. Settings come from the environment: \`parley config\` lists them.`

/** Resolves when the server has stopped after a signal. */
export const serveCommand = async (env: Readonly<Record<string, string | undefined>>): Promise<number> => {
  const running = await startServer(env)
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
