import cluster from 'node:cluster'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { IpcHub, Link } from '@parley/bus-ipc'
import { MemoryLeases } from '@parley/bus-memory'
import { systemClock } from '@parley/core'
import {
  lockForServing,
  openSqliteWriter,
  SharedWriter,
  type StoreWriter,
  type WriterRequest,
} from '@parley/store-sql'
import type { Config } from '../config.ts'
import { createLog, type Log } from '../log.ts'
import { createCollector, type MetricsSnapshot } from '../metrics.ts'
import { ensureFolder } from '../storage.ts'
import { LINK_FD, MAX_BACKLOG, type Place, WIRE } from './wire.ts'
import { type WorkerProcess, Workforce } from './workforce.ts'

/** How much longer than `SHUTDOWN_TIMEOUT` a worker is waited for (ms): it leaves behind what is late by itself. */
const STOP_GRACE = 1_000
/** How long a worker may take to tell its figures (ms). */
const SNAPSHOT_PATIENCE = 2_000

/** Runs `WORKERS` processes behind one port until a signal. Calls `onListening` once, when all serve. Resolves to the exit code. */
export const runPrimary = async (options: {
  readonly config: Config
  readonly signalled: Promise<void>
  readonly onListening: (url: string) => void
}): Promise<number> => {
  const { config, signalled, onListening } = options
  const log = createLog(config)
  const writing = await openWriting(config, log)
  const folder = mkdtempSync(join(tmpdir(), 'parley-'))
  const workforce = createWorkforce({ config, log, folder, writer: writing.writer })
  try {
    const stopped = signalled.then(() => null)
    const url = await Promise.race([workforce.start(), stopped])
    if (url !== null) onListening(url)
    const why = await Promise.race([stopped, workforce.gaveUp])
    if (why !== null) throw new Error(`${why}; the log says more. All workers are stopped.`)
    return 0
  } finally {
    await workforce.stop(config.shutdownTimeout + STOP_GRACE)
    rmSync(folder, { recursive: true, force: true })
    await writing.close()
    log.flush()
  }
}

interface Writing {
  /** Null: every worker writes to its database by itself. */
  readonly writer: StoreWriter | null
  close(): Promise<void>
}

/** The one server on a SQLite file is the primary: its writing thread is that of all workers. */
const openWriting = async ({ database }: Config, log: Log): Promise<Writing> => {
  if (database.kind !== 'sqlite') return { writer: null, close: async () => {} }
  ensureFolder(database.path)
  const lock = lockForServing(database.path)
  try {
    const writer = await openSqliteWriter({
      file: database.path,
      onTrouble: (error) => log.main.error({ err: error }, 'the store has trouble'),
    })
    return {
      writer,
      close: async () => {
        await writer.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

const createWorkforce = (given: {
  readonly config: Config
  readonly log: Log
  readonly folder: string
  readonly writer: StoreWriter | null
}): Workforce => {
  const { config, log, folder, writer } = given
  const hub = new IpcHub(new MemoryLeases(systemClock))
  const links = new Map<number, Link>()
  const collect = createCollector()
  cluster.setupPrimary({ args: ['serve'], stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'] })

  const serve = (link: Link, slot: number): void => {
    link.handle(WIRE.place, (): Place => ({ slot, nodeId: `${config.nodeId}-${slot}`, folder }))
    link.handle(WIRE.metrics, async () => collect(await snapshots(links.values())))
    hub.join(link)
    if (writer === null) return
    const shared = new SharedWriter(writer)
    link.handle(WIRE.write, (request) => shared.answer(request as WriterRequest))
    link.onEnd(() => shared.release())
  }
  const start = (slot: number): WorkerProcess => {
    const worker = cluster.fork()
    const link = new Link(worker.process.stdio[LINK_FD] as Socket, {
      maxBacklog: MAX_BACKLOG,
      onError: (error) => log.main.error({ err: error, slot }, 'a worker is cut off'),
    })
    // A connection that was dealt to it as it died: without a listener that would end the primary.
    worker.on('error', (error) => log.main.error({ err: error, slot }, 'a worker cannot be reached'))
    links.set(slot, link)
    link.onEnd(() => {
      links.delete(slot)
      // It would serve nobody: what it needs is here.
      worker.process.kill('SIGKILL')
    })
    serve(link, slot)
    const ended = new Promise<string>((resolve) => {
      worker.once('exit', (code, signal) => {
        // What it had said is still read, and what it held is given up, before another one takes its place.
        link.onEnd(() => resolve(signal ?? `exit code ${code}`))
      })
    })
    const ready = new Promise<string>((resolve, reject) => {
      link.handle(WIRE.ready, (url) => resolve(String(url)))
      link.handle(WIRE.failed, (why) => {
        log.main.error({ slot, why }, 'a worker could not start')
        reject(new Error(String(why)))
      })
      void ended.then((how) => reject(new Error(`worker ${slot} ended before it served (${how})`)))
    })
    return {
      ready,
      ended,
      stop: () => link.say(WIRE.stop, null),
      kill: () => void worker.process.kill('SIGKILL'),
    }
  }
  return new Workforce({
    count: config.workers,
    start,
    clock: systemClock,
    onRestart: (slot, how, inMs) =>
      log.main.error({ slot, how, inMs }, 'a worker ended and is started again'),
  })
}

/** Of the workers that answer soon: one that hangs keeps nobody from the figures of the others. */
const snapshots = async (links: Iterable<Link>): Promise<MetricsSnapshot[]> => {
  const asked = [...links].map(async (link) => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), SNAPSHOT_PATIENCE)
    })
    const answer = await Promise.race([link.call(WIRE.snapshot, null).catch(() => null), late])
    clearTimeout(timer)
    return answer as MetricsSnapshot | null
  })
  return (await Promise.all(asked)).filter((snapshot) => snapshot !== null)
}
