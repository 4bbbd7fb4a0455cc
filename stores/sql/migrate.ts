import type { Database } from 'better-sqlite3'
import { directMessages } from './migrations/0001-direct-messages.ts'
import { channels } from './migrations/0002-channels.ts'
import type { Migration } from './migrations/migration.ts'

/** Every step, ascending. */
export const MIGRATIONS: readonly Migration[] = [directMessages, channels]

/** A database that this version must not touch. The message is for a person. */
export class SchemaTooNewError extends Error {}

const HISTORY = `create table if not exists schema_versions (
  version integer not null primary key, name text not null, applied_at integer not null)`

/** The schema version a database is at; 0 for an empty one. */
export function schemaVersion(db: Database): number {
  const known = db.prepare(`select 1 from sqlite_master where name = 'schema_versions'`).get()
  if (known === undefined) return 0
  return db.prepare('select coalesce(max(version), 0) from schema_versions').pluck().get() as number
}

/** Throws when the database was written by a newer version than this one. */
export function refuseNewer(db: Database, file: string, known: number): void {
  const version = schemaVersion(db)
  if (version <= known) return
  throw new SchemaTooNewError(
    `The database ${file} was written by a newer Parley (schema ${version}, this one knows ${known}). Start the newer version, or restore a backup.`,
  )
}

/**
 * Brings a database up to date. Each step is one transaction with its record: a step that fails leaves no trace,
 * and the steps before it stand. Does nothing to a database that is up to date.
 */
export function migrate(db: Database, file: string, steps: readonly Migration[] = MIGRATIONS): void {
  refuseNewer(db, file, steps.at(-1)?.version ?? 0)
  db.exec(HISTORY)
  const record = db.prepare('insert into schema_versions (version, name, applied_at) values (?, ?, ?)')
  const apply = db.transaction((step: Migration) => {
    // Looked up inside the transaction: another process may have just done it.
    if (schemaVersion(db) >= step.version) return
    step.up(db)
    record.run(step.version, step.name, Date.now())
  })
  for (const step of steps) apply.immediate(step)
}
