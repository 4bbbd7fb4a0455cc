import { SchemaTooNewError } from './migrate.ts'
import { POSTGRES_MIGRATIONS, type PostgresMigration } from './postgres-migrations.ts'
import type { PostgresConnection, PostgresPool } from './postgres-pool.ts'

/** Any number, the same for every version of Parley. */
const LOCK = 7_306_001

const HISTORY = `create table if not exists schema_versions (
  version integer not null primary key, name text not null, applied_at bigint not null)`

/** What each transaction under way last wrote, a row for each that a process has at once: rewritten in place. */
const MARKS = `create table if not exists transaction_marks (
  slot text collate "C" not null primary key, mark bigint not null, marked_at timestamptz not null
) with (fillfactor = 50)`
/** Of processes that ended long ago. */
const DROP_MARKS = "delete from transaction_marks where marked_at < now() - interval '7 days'"

/** `HOST/DATABASE` of an address: what may be shown of it. */
export function addressOf(url: string): string {
  if (!URL.canParse(url)) return 'PostgreSQL'
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

/**
 * Brings a database up to date, in one transaction under a lock: of nodes that start at once one does it, and the others wait and
 * find nothing to do. Throws when the database was written by a newer version.
 */
export async function migratePostgres(
  pool: PostgresPool,
  url: string,
  steps: readonly PostgresMigration[] = POSTGRES_MIGRATIONS,
): Promise<void> {
  await pool.lend(async (connection) => {
    let isBroken = true
    try {
      await connection.run('begin')
      // Another node's migration may take longer than a statement of ours may.
      await connection.run('set local statement_timeout = 0')
      await connection.run(`select pg_advisory_xact_lock(${LOCK})`)
      await connection.run(`${HISTORY}; ${MARKS}; ${DROP_MARKS}`)
      await applySteps(connection, url, steps)
      await connection.run('commit')
      isBroken = false
    } finally {
      // A transaction that failed ends with its connection.
      connection.release(isBroken)
    }
  })
}

async function applySteps(
  connection: PostgresConnection,
  url: string,
  steps: readonly PostgresMigration[],
): Promise<void> {
  const { rows } = await connection.query('select coalesce(max(version), 0) from schema_versions', [])
  const version = Number(rows[0]?.[0])
  const known = steps.at(-1)?.version ?? 0
  if (version > known) {
    throw new SchemaTooNewError(
      `The database ${addressOf(url)} was written by a newer Parley (schema ${version}, this one knows ${known}). Start the newer version, or restore a backup.`,
    )
  }
  for (const step of steps.filter((each) => each.version > version)) {
    await connection.run(step.sql)
    await connection.query('insert into schema_versions (version, name, applied_at) values ($1, $2, $3)', [
      ...[step.version, step.name, Date.now()],
    ])
  }
}
