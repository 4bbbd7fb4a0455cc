import { Socket } from 'node:net'
import { Link } from '@parley/bus-ipc'
import { startServer } from '../compose.ts'
import { createSeat } from './seat.ts'
import { LINK_FD, MAX_BACKLOG, type Place, WIRE } from './wire.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** Serves as one of several processes, until the primary or a signal ends it. Resolves to the exit code. */
export const runWorker = async (
  env: Environment,
  signalled: Promise<void>,
  explain: (error: unknown) => unknown,
): Promise<number> => {
  const link = new Link(new Socket({ fd: LINK_FD, readable: true, writable: true }), {
    maxBacklog: MAX_BACKLOG,
    onError: (error) => process.stderr.write(`parley: ${String(error)}\n`),
  })
  // The store, the port and the others are behind it: without it this process serves nobody.
  link.onEnd(() => process.exit(1))
  const told = new Promise<void>((resolve) => link.handle(WIRE.stop, () => resolve()))
  const place = (await link.call(WIRE.place, null)) as Place
  try {
    // All ask for the same port; 0 is the same free one for all, for as long as one of them lives.
    const running = await startServer({ ...env, NODE_ID: place.nodeId }, createSeat(link, place))
    link.say(WIRE.ready, running.url)
    await Promise.race([signalled, told])
    await running.stop()
    return 0
  } catch (error) {
    const explained = explain(error)
    // The primary says it, once.
    await link.call(WIRE.failed, explained instanceof Error ? explained.message : String(explained))
    return 1
  }
}
