import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { RawClient } from '@parley/testkit'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { ROOT, type Running, start } from '../cli/cli-process.ts'
import { PASSWORD } from '../harness/test-server.ts'

/** A clone whose packages are there: this tree's sources beside this tree's node_modules. */
const folder = mkdtempSync(join(tmpdir(), 'parley-start-'))
const clone = join(folder, 'parley')
const SKIPPED = new Set(['node_modules', 'data', '.git', '.cache', 'test'])
const LISTENING = /^Parley listening on (http:\/\/127\.0\.0\.1:\d+)$/m
/** How long building may take on a machine that does much else (ms). */
const BUILD_PATIENCE = 120_000
vi.setConfig({ testTimeout: 3 * BUILD_PATIENCE })
const running: Running[] = []
let data = 0

const npmStart = (env: Record<string, string> = {}): Running => {
  data += 1
  const process = start(
    'npm',
    ['start'],
    {
      PORT: '0',
      DATA_DIR: join(folder, `data-${data}`),
      npm_config_offline: 'true',
      npm_config_registry: 'http://192.0.2.1/',
      ...env,
    },
    clone,
  )
  running.push(process)
  return process
}

const urlOf = async (server: Running): Promise<string> => {
  await server.sees(LISTENING, BUILD_PATIENCE)
  return LISTENING.exec(server.out)![1]!
}

const connect = async (url: string): Promise<RawClient> => {
  const response = await fetch(`${url}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'ann', email: 'ann@example.org', password: PASSWORD }),
  })
  const { token } = (await response.json()) as { token: string }
  const client = await RawClient.open(`${url.replace('http', 'ws')}/ws?token=${token}`)
  await client.next('online_users')
  return client
}

beforeAll(() => {
  cpSync(ROOT, clone, { recursive: true, filter: (path) => !SKIPPED.has(basename(path)) })
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
})
afterEach(() => {
  for (const { child } of running.splice(0)) if (child.exitCode === null) child.kill('SIGTERM')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it(
  'START-1 a second start needs no network and little time, and prints the port it picked',
  async () => {
    // The first start of the clone builds, as its sources are in another place.
    const first = npmStart()
    await urlOf(first)
    first.child.kill('SIGTERM')
    expect((await first.ended).code).toBe(0)
    const began = performance.now()
    const second = npmStart({ LOG_LEVEL: 'silent' })
    const url = await urlOf(second)
    const took = performance.now() - began
    console.log(`the second start took ${(took / 1_000).toFixed(2)} s`)
    expect(took).toBeLessThan(10_000)
    expect(second.text).not.toMatch(/Installing|Building/)
    expect(new URL(url).port).not.toBe('0')
    expect((await fetch(`${url}/api/ready`)).status).toBe(200)
  },
  BUILD_PATIENCE,
)

it.each([1, 2])('START-2 SIGTERM to npm (%i times) drains, and exits with 0 in time', async (times) => {
  const server = npmStart({ SHUTDOWN_TIMEOUT: '5000' })
  const client = await connect(await urlOf(server))
  const began = performance.now()
  for (let sent = 0; sent < times; sent += 1) {
    server.child.kill('SIGTERM')
    await new Promise((next) => setTimeout(next, 20))
  }
  expect(await client.data('server_drain')).toEqual({ reconnectInMs: expect.any(Number) })
  expect((await client.closed).code).toBe(1001)
  expect(await server.ended).toEqual({ code: 0, signal: null })
  expect(performance.now() - began).toBeLessThan(6_000)
})

it('START-2 SIGTERM in the moment the server says that it listens exits with 0', async () => {
  for (let round = 0; round < 3; round += 1) {
    const server = npmStart()
    await urlOf(server)
    server.child.kill('SIGTERM')
    expect(await server.ended).toEqual({ code: 0, signal: null })
  }
})

it(
  'START-3 a changed source is built anew: of the server, of the web app, and each without the other',
  async () => {
    await urlOf(npmStart())
    for (const [file, built, other] of [
      ['server/version.ts', 'the server', 'the web app'],
      ['web/src/main.tsx', 'the web app', 'the server'],
      ['web/public/first-paint.js', 'the web app', 'the server'],
    ] as const) {
      appendFileSync(join(clone, file), '\n// changed\n')
      const server = npmStart()
      const url = await urlOf(server)
      expect(server.text, file).toContain(`Building ${built} `)
      expect(server.text, file).not.toContain(`Building ${other}`)
      expect((await fetch(url, { headers: { accept: 'text/html' } })).status).toBe(200)
      server.child.kill('SIGTERM')
      await server.ended
    }
  },
  3 * BUILD_PATIENCE,
)

it('START-4 LOG_DIR gets JSON lines, and errors twice', async () => {
  const logDir = join(folder, 'logs')
  // A shutdown that cannot be done in time is said as an error.
  const server = npmStart({ LOG_DIR: logDir, LOG_LEVEL: 'info', SHUTDOWN_TIMEOUT: '100' })
  const url = await urlOf(server)
  const { hostname, port } = new URL(url)
  const { connect: openTcp } = await import('node:net')
  // A request under way holds the close up.
  const socket = openTcp(Number(port), hostname)
  socket.on('error', () => {})
  socket.write('POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{')
  await new Promise((next) => setTimeout(next, 200))
  server.child.kill('SIGTERM')
  expect((await server.ended).code).toBe(0)
  socket.destroy()
  const lines = (name: string): { level: number; msg: string }[] =>
    readFileSync(join(logDir, name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: number; msg: string })
  expect(lines('combined.log').map(({ msg }) => msg)).toEqual(
    expect.arrayContaining(['listening', 'stopping']),
  )
  const errors = lines('error.log')
  expect(errors).toEqual([
    expect.objectContaining({ level: 50, msg: expect.stringMatching(/SHUTDOWN_TIMEOUT/) }),
  ])
  expect(lines('combined.log')).toEqual(expect.arrayContaining(errors))
})

it('START-6 a second server on the same database is refused with one line, until the first one is gone', async () => {
  const data = join(folder, 'shared')
  const first = npmStart({ DATA_DIR: data })
  await urlOf(first)
  const second = npmStart({ DATA_DIR: data })
  expect((await second.ended).code).toBe(1)
  expect(second.err).toMatch(/^parley: Another Parley server is running on .*parley\.db\. Stop it first/m)
  first.child.kill('SIGTERM')
  await first.ended
  await urlOf(npmStart({ DATA_DIR: data }))
  expect(statSync(join(data, 'parley.db')).mode & 0o777).toBe(0o600)
})

it('START-5 what cannot be used is one line and exit code 1', async () => {
  const url = await urlOf(npmStart())
  const file = join(folder, 'a-file')
  writeFileSync(file, '')
  for (const [env, line] of [
    [{ PORT: new URL(url).port }, /^parley: PORT \d+ is in use on 127\.0\.0\.1: .*$/m],
    [{ DATA_DIR: join(file, 'x') }, /^parley: DATA_DIR must be a folder that can be written .*$/m],
    [{ LOG_DIR: file, LOG_LEVEL: 'info' }, /^parley: .*LOG_DIR must be folders that can be written; .*$/m],
  ] as const) {
    const server = npmStart(env)
    expect((await server.ended).code).toBe(1)
    expect(server.err).toMatch(line)
    expect(server.text).not.toMatch(/^\s+at /m)
  }
})
