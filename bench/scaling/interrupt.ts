import { stopEverything } from './running.ts'

/** How long what runs may take to end after a signal (ms). */
const PATIENCE = 10_000

/** On Ctrl-C or SIGTERM everything that was started is stopped first. */
export const endInOrder = (): void => {
  let isEnding = false
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      if (isEnding) return
      isEnding = true
      process.stderr.write('stopping …\n')
      setTimeout(() => process.exit(code), PATIENCE).unref()
      void stopEverything().then(() => process.exit(code))
    })
  }
}
