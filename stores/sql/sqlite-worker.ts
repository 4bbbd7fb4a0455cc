import { parentPort, workerData } from 'node:worker_threads'
import type { Database } from 'better-sqlite3'
import { copyDatabase } from './backup-writer.ts'
import { openReader, openWriter } from './open-database.ts'
import { carry, isConnectionLost } from './sqlite-errors.ts'
import { Statements } from './statements.ts'
import type { WorkerMessage, WorkerRequest, WorkerSettings } from './worker-protocol.ts'
import { Writer } from './writer.ts'

/**
 * The entry of a thread that owns one connection, so that neither a sync of the disk nor a long read stops the
 * event loop. Imports no package but better-sqlite3: it is bundled by itself.
 */
const port = parentPort ?? fail()
const settings = workerData as WorkerSettings
/** Most answers in one message: who asked first is not kept waiting by many who asked at the same time. */
const MAX_TOGETHER = 32

let outgoing: WorkerMessage[] = []
const flush = (): void => {
  if (outgoing.length > 0) port.postMessage(outgoing)
  outgoing = []
}
/** Goes out with what else is answered in this turn. */
const say = (message: WorkerMessage): void => {
  const count = outgoing.push(message)
  if (count === 1) queueMicrotask(flush)
  if (count === MAX_TOGETHER) flush()
}

function fail(): never {
  throw new Error('sqlite-worker is started by the store')
}

function reply(id: number, work: () => unknown): void {
  try {
    say(['done', id, work()])
  } catch (caught) {
    const error = carry(caught)
    say(['failed', id, error])
    flush()
    // The store starts another thread, with a fresh connection.
    if (isConnectionLost(error)) setImmediate(() => process.exit(1))
  }
}

function handle(db: Database, writer: Writer | null, statements: Statements, request: WorkerRequest): void {
  const [id, method, payload] = request
  if (method === 'crash') process.exit(1)
  if (method === 'close') close(db, writer, id)
  else if (method === 'query') reply(id, () => statements.query(payload.sql, payload.values))
  else if (method === 'backup') reply(id, () => copyDatabase(db, payload.to))
  else if (writer !== null) writer.handle(request, (work) => reply(id, work))
  else reply(id, () => null)
}

function close(db: Database, writer: Writer | null, id: number): void {
  reply(id, () => {
    writer?.close()
    db.close()
    return null
  })
  flush()
  port.close()
}

function start(): void {
  const isWriter = settings.role === 'writer'
  const db = isWriter ? openWriter(settings) : openReader(settings)
  const writer = isWriter ? new Writer(db) : null
  const statements = new Statements(db)
  port.on('message', (requests: readonly WorkerRequest[]) => {
    for (const request of requests) handle(db, writer, statements, request)
  })
  say(['ready'])
}

try {
  start()
} catch (error) {
  say(['refused', carry(error)])
  flush()
}
