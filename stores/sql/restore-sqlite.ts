import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { moveIntoPlace } from './backup-writer.ts'
import { MIGRATIONS, refuseNewer, schemaVersion } from './migrate.ts'

/**
 * Puts a backup in the place of a database, with a new epoch: clients that saw more than the backup holds must
 * start over. Refuses a backup that is damaged, foreign or from a newer version, and a target that is in use.
 * The target is either wholly replaced or left as it was.
 */
export function restoreSqlite(fromFile: string, toFile: string): void {
  mkdirSync(dirname(toFile), { recursive: true })
  const partial = `${toFile}.restoring`
  rmSync(partial, { force: true })
  try {
    const source = new Database(fromFile, { readonly: true, fileMustExist: true })
    try {
      source.prepare('vacuum into ?').run(partial)
    } finally {
      source.close()
    }
    prepareCopy(partial, fromFile)
    releaseTarget(toFile)
    moveIntoPlace(partial, toFile)
  } finally {
    rmSync(partial, { force: true })
  }
}

function prepareCopy(partial: string, fromFile: string): void {
  const copy = new Database(partial)
  try {
    const verdict = copy.pragma('integrity_check', { simple: true })
    if (verdict !== 'ok') throw new Error(`The backup ${fromFile} is damaged: ${String(verdict)}`)
    if (schemaVersion(copy) === 0) throw new Error(`${fromFile} is not a backup of Parley.`)
    refuseNewer(copy, fromFile, MIGRATIONS.at(-1)?.version ?? 0)
    copy.prepare(`update meta set value = ? where key = 'epoch'`).run(randomUUID())
  } finally {
    copy.close()
  }
}

/** Makes sure nobody has the target open, and folds its log into it, so that none is left beside the new file. */
function releaseTarget(toFile: string): void {
  if (!existsSync(toFile)) return
  try {
    const target = new Database(toFile, { timeout: 0 })
    try {
      target.pragma('locking_mode = exclusive')
      target.exec('begin exclusive; commit')
    } finally {
      target.close()
    }
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new Error(`The database ${toFile} is in use. Stop the server, then restore.`)
    }
    // Damaged, which is why there is a restore.
  }
  for (const log of ['-wal', '-shm']) rmSync(toFile + log, { force: true })
}
