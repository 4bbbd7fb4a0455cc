import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { MIGRATIONS, refuseNewer, schemaVersion } from './migrate.ts'
import { migratePostgres } from './postgres-migrate.ts'
import { type PostgresConnection, PostgresPool, type PostgresPoolOptions } from './postgres-pool.ts'
import { tsvectorOf } from './postgres-search.ts'
import { RowDigest } from './row-digest.ts'
import { scopeOf } from './search-text.ts'
import type { SqlValue } from './worker-protocol.ts'

/** Rows that are in memory at once. */
const BATCH = 500

/** One table on both sides. */
export interface CopiedTable {
  readonly table: string
  readonly source: { readonly rows: number; readonly sum: string }
  readonly target: { readonly rows: number; readonly sum: string }
}

export interface CopyOptions {
  /** A file of SQLite, which may be in use: what it holds at the beginning is copied. */
  readonly file: string
  readonly to: PostgresPoolOptions
  /** Makes the tables of the accounts component in the target. */
  readonly prepare: () => Promise<void>
  readonly onProgress: (table: string, done: number, total: number) => void
}

interface Column {
  readonly name: string
  readonly type: string
}

type Row = Readonly<Record<string, SqlValue>>

/** What is no data of ours: the history of each schema is its own, and the full-text index is made anew. */
const SKIPPED = /^(sqlite_|message_fts|schema_versions$|meta$)/
/** Made of the message while it is copied. */
const DERIVED = new Set(['words'])

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/**
 * Copies everything that a server keeps from SQLite to PostgreSQL: as of one moment, in one transaction, which is committed only when
 * counts and checksums of each table are the same on both sides. Answers them, the same or not. Rejects when the target is not
 * empty, or the source is of another schema.
 */
export async function copyStore(options: CopyOptions): Promise<readonly CopiedTable[]> {
  if (!existsSync(options.file)) throw new Error(`There is no database at ${options.file}.`)
  const source = new Database(options.file, { readonly: true, fileMustExist: true })
  const pool = new PostgresPool({ ...options.to, minConnections: 0 })
  try {
    refuseOtherSchema(source, options.file)
    await migratePostgres(pool, options.to.url)
    await options.prepare()
    return await pool.lend((connection) => copyWithin(connection, source, options))
  } finally {
    source.close()
    await pool.close()
  }
}

function refuseOtherSchema(source: Database.Database, file: string): void {
  const known = MIGRATIONS.at(-1)?.version ?? 0
  refuseNewer(source, file, known)
  if (schemaVersion(source) < known) {
    throw new Error(`The database ${file} is of an older Parley. Start this version on it once, then again.`)
  }
}

async function copyWithin(
  connection: PostgresConnection,
  source: Database.Database,
  options: CopyOptions,
): Promise<readonly CopiedTable[]> {
  let isDone = false
  try {
    // From its first statement on, this connection sees the source as it is now.
    source.exec('begin')
    await connection.run('begin')
    const tables = tablesOf(source)
    const columns = new Map<string, readonly Column[]>()
    for (const table of tables) columns.set(table, await columnsOf(connection, source, table))
    for (const table of tables) await refuseRows(connection, table)
    const copied: CopiedTable[] = []
    for (const table of tables) {
      const known = columns.get(table) ?? []
      const from = await copyTable(connection, source, table, known, options.onProgress)
      const to = await digestOf(connection, table, known)
      copied.push({
        ...{ table, source: { rows: from.count, sum: from.sum }, target: { rows: to.count, sum: to.sum } },
      })
    }
    await takeOver(connection, source)
    if (copied.every(isSame)) {
      await connection.run('commit')
      isDone = true
    }
    return copied
  } finally {
    source.exec('rollback')
    connection.release(!isDone)
  }
}

export const isSame = ({ source, target }: CopiedTable): boolean =>
  source.rows === target.rows && source.sum === target.sum

function tablesOf(source: Database.Database): string[] {
  const names = source
    .prepare(`select name from sqlite_master where type = 'table' order by name`)
    .pluck()
    .all() as string[]
  // Sessions and the like refer to accounts.
  return ['user', ...names.filter((name) => name !== 'user' && !SKIPPED.test(name))]
}

/** By name, so that both sides are read in one order. */
async function columnsOf(
  connection: PostgresConnection,
  source: Database.Database,
  table: string,
): Promise<readonly Column[]> {
  const { rows } = await connection.query(
    `select attname::text, format_type(atttypid, null) from pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attname::text collate "C"`,
    [quoted(table)],
  )
  const columns = rows
    .map(([name, type]) => ({ name: String(name), type: String(type) }))
    .filter(({ name }) => !DERIVED.has(name))
  const there = source.prepare('select name from pragma_table_info(?)').pluck().all(table) as string[]
  const missing = there.find((name) => !columns.some((column) => column.name === name))
  if (missing !== undefined || columns.length !== there.length) {
    throw new Error(
      `The table ${table} is another one in the target${missing === undefined ? '' : `: no ${missing}`}.`,
    )
  }
  return columns
}

async function refuseRows(connection: PostgresConnection, table: string): Promise<void> {
  const { rows } = await connection.query(`select 1 from ${quoted(table)} limit 1`, [])
  if (rows.length > 0) throw new Error(`The target is not empty: there are rows in ${table}.`)
}

async function copyTable(
  connection: PostgresConnection,
  source: Database.Database,
  table: string,
  columns: readonly Column[],
  onProgress: CopyOptions['onProgress'],
): Promise<RowDigest> {
  const digest = new RowDigest()
  const total = source
    .prepare(`select count(*) from ${quoted(table)}`)
    .pluck()
    .get() as number
  const target = table === 'messages' ? [...columns, { name: 'words', type: 'tsvector' }] : columns
  const names = target.map(({ name }) => quoted(name)).join(', ')
  const types = target.map(({ name, type }) => `${quoted(name)} ${type}`).join(', ')
  const insert = `insert into ${quoted(table)} (${names}) select ${names} from json_to_recordset($1::text::json) as v (${types})`
  let batch: Row[] = []
  const write = async (): Promise<void> => {
    if (batch.length > 0) await connection.query(insert, [JSON.stringify(batch)])
    batch = []
    onProgress(table, digest.count, total)
  }
  for (const row of source.prepare(selectOf(table)).iterate() as IterableIterator<Row>) {
    const values = columns.map(({ name, type }) => plain(row[name] ?? null, type))
    digest.add(values)
    const written = Object.fromEntries(columns.map(({ name }, index) => [name, values[index]!]))
    batch.push(table === 'messages' ? { ...written, words: wordsOf(row) } : written)
    if (batch.length >= BATCH) await write()
  }
  await write()
  return digest
}

/** A message with what says who finds it. */
const selectOf = (table: string): string =>
  table === 'messages'
    ? `select m.*, c.kind as "the kind", s.peer_id as "the peer" from messages m
       join conversations c on c.id = m.conversation_id
       left join members s on s.conversation_id = m.conversation_id and s.user_id = m.sender_id`
    : `select * from ${quoted(table)}`

function wordsOf(row: Row): string | null {
  if (row['deleted_at'] !== null) return null
  const scope = scopeOf({
    ...{ kind: String(row['the kind']), conversation_id: String(row['conversation_id']) },
    ...{ sender_id: String(row['sender_id']), peer_id: row['the peer'] as string | null },
  })
  return tsvectorOf(String(row['content']), scope)
}

/** A value of SQLite as both sides write it: booleans are 0 and 1, times ISO 8601. */
function plain(value: SqlValue, type: string): SqlValue {
  if (value === null) return null
  if (type === 'timestamp with time zone') return new Date(value as string | number).toISOString()
  return value
}

async function digestOf(
  connection: PostgresConnection,
  table: string,
  columns: readonly Column[],
): Promise<RowDigest> {
  const digest = new RowDigest()
  const cursor = quoted(`copied ${table}`)
  const names = columns.map(({ name }) => quoted(name)).join(', ')
  await connection.run(`declare ${cursor} no scroll cursor for select ${names} from ${quoted(table)}`)
  for (let isEnd = false; !isEnd; ) {
    const { rows } = await connection.query(`fetch ${BATCH} from ${cursor}`, [])
    for (const row of rows) digest.add(row)
    isEnd = rows.length < BATCH
  }
  await connection.run(`close ${cursor}`)
  return digest
}

/** What stands beside the tables: where the order of messages goes on, and the epoch, as no cursor becomes void. */
async function takeOver(connection: PostgresConnection, source: Database.Database): Promise<void> {
  const ord = source.prepare(`select seq from sqlite_sequence where name = 'messages'`).pluck().get() as
    | number
    | undefined
  if (ord !== undefined && ord > 0) {
    await connection.query(`select setval('messages_ord_seq', $1)`, [ord])
  }
  const epoch = source.prepare(`select value from meta where key = 'epoch'`).pluck().get() as
    | string
    | undefined
  if (epoch === undefined) throw new Error('The source has no epoch: it is no database of Parley.')
  await connection.query(`update meta set value = $1 where key = 'epoch'`, [epoch])
}
