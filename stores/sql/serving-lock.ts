import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'

/** Held while a server serves a database. */
export interface ServingLock {
  release(): void
}

/**
 * Makes this process the one server on a database file: events pass inside a process, so that two servers on one file would
 * store everything and tell half of it. Commands may work beside it. Ends with the process, however that ends. Throws, in
 * words for a person, when another one serves the file.
 */
export function lockForServing(file: string): ServingLock {
  mkdirSync(dirname(file), { recursive: true })
  const lock = new Database(`${file}.serving`, { timeout: 0 })
  try {
    // Locks of SQLite are the operating system's: none is left behind by a crash.
    lock.pragma('locking_mode = exclusive')
    lock.exec('begin exclusive')
  } catch (cause) {
    lock.close()
    if ((cause as { code?: string }).code !== 'SQLITE_BUSY') throw cause
    throw new Error(
      `Another Parley server is running on ${file}. Stop it first, or give this one its own DATA_DIR.`,
      {
        cause,
      },
    )
  }
  return { release: () => void lock.close() }
}
