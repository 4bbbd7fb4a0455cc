/** Ends what runs, whatever it is; the newest first. */
const running = new Set<() => Promise<unknown>>()

/** For the end of the process in a hurry. */
export const stopEverything = async (): Promise<void> => {
  await Promise.allSettled([...running].reverse().map((stop) => stop()))
}

/** Runs `work`, and ends what `start` began when it has ended, failed, or is interrupted. */
export const withRunning = async <T, R>(
  start: () => Promise<{ readonly value: T; stop(): Promise<unknown> }>,
  work: (value: T) => Promise<R>,
): Promise<R> => {
  const { value, stop } = await start()
  let stopped: Promise<unknown> | null = null
  const once = (): Promise<unknown> => {
    stopped ??= stop()
    return stopped
  }
  running.add(once)
  try {
    return await work(value)
  } finally {
    await once()
    running.delete(once)
  }
}
