import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type PostgresServer, startPostgres } from '@parley/testkit/postgres'
import { buildOnce, newDataFolder, startProcess } from '@parley/testkit/server-process'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { World } from '../reliability/world.ts'

const run = promisify(execFile)
const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const parley = (args: readonly string[], env: Record<string, string> = {}): Promise<Ended> =>
  run(process.execPath, [MAIN, ...args], { env: { PATH: process.env['PATH'], ...env } }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ended) => error,
  )

const tokenOf = async (url: string, username: string): Promise<Response> =>
  fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password: 'correct horse' }),
  })

describe('parley migrate-store', () => {
  const data = newDataFolder()
  const file = join(data.path, 'parley.db')
  let postgres: PostgresServer | undefined
  beforeAll(async () => {
    buildOnce()
    postgres = await startPostgres()
    const server = await startProcess(data.path)
    const world = new World(() => 0.5)
    await world.register(server, ['ann', 'bob', 'cleo'])
    await world.connect(server)
    for (let round = 0; round < 100; round += 1) world.sendRound()
    for (const end = Date.now() + 10_000; world.acknowledged < 300 && Date.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(world.acknowledged).toBe(300)
    await server.stop()
  })
  afterAll(async () => {
    await postgres?.stop()
    data.remove()
  })

  it('PG-11 copies everything, proves it table by table, and a server goes on with it', async () => {
    const to = await postgres!.createDatabase()
    const { code, stdout, stderr } = await parley(['migrate-store', file, to])
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/^messages +300 +300 +([0-9a-f]{16}) +\1 +same$/m)
    for (const table of ['user', 'session', 'account', 'members', 'conversations']) {
      expect(stdout).toMatch(new RegExp(`^${table} .* same$`, 'm'))
    }
    expect(stdout).not.toContain('DIFFERENT')
    expect(stdout + stderr).not.toContain('password')
    const server = await startProcess(data.path, { env: { DATABASE_URL: to } })
    try {
      const answer = await tokenOf(server.url, 'ann')
      expect(answer.status).toBe(200)
      const { token } = (await answer.json()) as { token: string }
      const headers = { authorization: `Bearer ${token}` }
      const found = await fetch(`${server.url}/api/search?q=message`, { headers })
      expect(((await found.json()) as { messages: unknown[] }).messages.length).toBeGreaterThan(0)
      const world = new World(() => 0.5)
      await world.register(server, ['dan', 'eve'])
      await world.connect(server)
      world.sendRound()
      for (const end = Date.now() + 10_000; world.acknowledged < 2 && Date.now() < end; ) {
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      expect(await world.check(server, true)).toEqual([])
    } finally {
      await server.stop()
    }
  })

  it('PG-11 a target that is not empty is refused, and stays as it is', async () => {
    const to = await postgres!.createDatabase()
    expect((await parley(['migrate-store', file, to])).code).toBe(0)
    const again = await parley(['migrate-store', file, to])
    expect(again).toMatchObject({ code: 1 })
    expect(again.stderr).toContain('The target is not empty')
    const backup = await parley(['backup', join(data.path, 'b.db')], {
      DATABASE_URL: to,
      DATA_DIR: data.path,
    })
    expect(backup).toMatchObject({ code: 1 })
    expect(backup.stderr).toMatch(/^parley: .*pg_dump.*\n$/)
    expect(backup.stderr).not.toContain('password')
  })

  it('PG-11 what PostgreSQL cannot keep ends it with 1, and nothing is kept', async () => {
    const to = await postgres!.createDatabase()
    const wrong = join(data.path, 'wrong.db')
    const source = new Database(file, { readonly: true })
    await source.backup(wrong)
    source.close()
    // SQLite keeps a number with a fraction where PostgreSQL keeps whole ones.
    const changed = new Database(wrong)
    changed.exec(`update user_state set last_seen = last_seen + 0.25`)
    const rows = changed.prepare('select count(*) from user_state').pluck().get()
    changed.close()
    expect(rows).toBeGreaterThan(0)
    const ended = await parley(['migrate-store', wrong, to])
    expect(ended.code).toBe(1)
    const after = await parley(['migrate-store', file, to])
    expect(after.code, after.stderr).toBe(0)
  })
})
