import { setTimeout as delay } from 'node:timers/promises'
import type { Parts } from './compose.ts'

/**
 * The graceful end: say so at /api/ready for DRAIN_DELAY while all goes on, then accept nothing new, tell clients when to
 * come back, close with 1001, flush the store.
 * Never takes longer than SHUTDOWN_TIMEOUT; what did not end by then is left behind, and said in the log.
 */
export const createStop = (parts: Parts, stopSweep: () => void): (() => Promise<void>) => {
  let stopping: Promise<void> | null = null
  return () => {
    stopping ??= within(parts, end(parts, stopSweep))
    return stopping
  }
}

const end = async (parts: Parts, stopSweep: () => void): Promise<void> => {
  const {
    config,
    http,
    chat,
    hub,
    signal,
    peerjs,
    sockets,
    acceptor,
    core,
    bus,
    leases,
    storage,
    metrics,
    log,
  } = parts
  log.main.info('stopping')
  http.drain()
  if (config.drainDelay > 0) await delay(config.drainDelay)
  stopSweep()
  const closed = http.close()
  const reconnectInMs = (): number => Math.round(Math.random() * config.drainSpread)
  core.connections.shutdown()
  chat.drain(reconnectInMs)
  hub.drain(reconnectInMs)
  signal.drain(reconnectInMs)
  sockets.drain(reconnectInMs)
  await Promise.all([acceptor.closeAll(1001, 'Server shutting down'), sockets.closeAll()])
  acceptor.stop()
  await closed
  chat.stop()
  hub.stop()
  peerjs.stop()
  sockets.stop()
  await core.stop()
  await Promise.all([bus.close(), leases.close()])
  await storage.close()
  metrics.close()
  log.main.info('stopped')
  log.flush()
}

const within = async ({ config, log }: Parts, ending: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      log.main.error('the shutdown took longer than SHUTDOWN_TIMEOUT; what was left is dropped')
      resolve()
    }, config.shutdownTimeout)
  })
  await Promise.race([ending, late])
  clearTimeout(timer)
}
