import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteStore } from '../index.ts'
import { MIGRATIONS, migrate, schemaVersion } from '../migrate.ts'
import { makeFolder } from './harness.ts'

describe('migrations', () => {
  let folder: ReturnType<typeof makeFolder>
  let db: Database.Database
  beforeEach(() => {
    folder = makeFolder()
    db = new Database(join(folder.path, 'm.db'))
  })
  afterEach(() => {
    db.close()
    folder.remove()
  })

  it('SQLITE-1 run once', () => {
    migrate(db, 'm.db')
    const epoch = db.prepare(`select value from meta where key = 'epoch'`).pluck().get()
    migrate(db, 'm.db')
    expect(db.prepare(`select value from meta where key = 'epoch'`).pluck().get()).toBe(epoch)
    expect(schemaVersion(db)).toBe(MIGRATIONS.length)
  })

  it('SQLITE-1 a step that fails leaves no trace, and the steps before it stand', () => {
    const broken = {
      version: MIGRATIONS.length + 1,
      name: 'broken',
      up(target: Database.Database) {
        target.exec('create table half (a)')
        throw new Error('no')
      },
    }
    expect(() => migrate(db, 'm.db', [...MIGRATIONS, broken])).toThrow('no')
    expect(schemaVersion(db)).toBe(MIGRATIONS.length)
    expect(db.prepare(`select 1 from sqlite_master where name = 'half'`).get()).toBeUndefined()
  })

  it('SQLITE-2 a database of a newer version is refused in one clear line', async () => {
    migrate(db, 'm.db')
    db.exec(`insert into schema_versions values (99, 'later', 0)`)
    const file = join(folder.path, 'm.db')
    await expect(openSqliteStore({ file })).rejects.toThrow(
      `The database ${file} was written by a newer Parley (schema 99, this one knows ${MIGRATIONS.length}). Start the newer version, or restore a backup.`,
    )
  })
})
