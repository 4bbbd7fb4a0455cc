import Database from 'better-sqlite3'
import { migrate } from './migrate.ts'
import type { WorkerSettings } from './worker-protocol.ts'

/** How long a statement waits for another process's lock. */
const BUSY_TIMEOUT = 5_000
/** The log is cut to this after a checkpoint (bytes). */
const JOURNAL_LIMIT = 64 * 1024 * 1024

/** Opens the one writing connection: what it commits is on the disk, and the schema is up to date. */
export function openWriter(settings: WorkerSettings): Database.Database {
  const db = new Database(settings.file, { timeout: BUSY_TIMEOUT })
  try {
    db.pragma('journal_mode = wal')
    // In WAL mode anything less survives a crash of the process, but not of the machine.
    db.pragma('synchronous = full')
    db.pragma('foreign_keys = on')
    db.pragma(`journal_size_limit = ${JOURNAL_LIMIT}`)
    db.pragma('temp_store = memory')
    if (settings.maxPages !== null) db.pragma(`max_page_count = ${settings.maxPages}`)
    migrate(db, settings.file)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Opens a connection that can only read. The file is there: the writer has opened it. */
export function openReader(settings: WorkerSettings): Database.Database {
  const db = new Database(settings.file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT })
  db.pragma('temp_store = memory')
  return db
}
