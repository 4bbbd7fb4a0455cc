import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database } from 'better-sqlite3'

export function syncPath(path: string): void {
  const handle = openSync(path, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Puts a complete, synced file in its place; the rename itself survives a crash. */
export function moveIntoPlace(from: string, to: string): void {
  syncPath(from)
  renameSync(from, to)
  syncPath(dirname(to))
}

/**
 * Copies a database as of one moment, while others write. `to` is either the whole copy or what it was before.
 */
export function copyDatabase(db: Database, to: string): void {
  const partial = `${to}.partial`
  rmSync(partial, { force: true })
  try {
    db.prepare('vacuum into ?').run(partial)
    moveIntoPlace(partial, to)
  } finally {
    rmSync(partial, { force: true })
  }
}
