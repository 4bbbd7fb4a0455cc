import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_LIMITS } from '@parley/core'
import { afterEach, expect, it } from 'vitest'
import { ConfigError, describeSettings, loadSecret, readConfig } from '../config.ts'

const folders: string[] = []
const folder = () => {
  const path = mkdtempSync(join(tmpdir(), 'parley-config-'))
  folders.push(path)
  return path
}
afterEach(() => {
  for (const path of folders.splice(0)) rmSync(path, { recursive: true })
})

it('CFG-1 without any setting the defaults of the wire page hold', () => {
  const config = readConfig({ PATH: '/bin', JWT_SECRET: '' })
  expect(config).toMatchObject({
    port: 3_000,
    host: '127.0.0.1',
    maxPayload: 65_536,
    maxBuffered: 1_048_576,
    heartbeatInterval: 30_000,
    presenceListMax: 500,
    allowedOrigins: null,
    jwtSecret: null,
  })
  expect(config.limits).toEqual(DEFAULT_LIMITS)
  expect(config.database).toMatchObject({ kind: 'sqlite', path: expect.stringMatching(/data\/parley\.db$/) })
})

it.each([
  ['PORT', '70000'],
  ['PORT', '80x'],
  ['HEARTBEAT_INTERVAL', '-1'],
  ['JWT_SECRET', 'short'],
  ['LOG_LEVEL', 'loud'],
  ['TRUST_PROXY', '10.0.0.0/99'],
  ['TRUST_PROXY', '1'],
  ['ALLOWED_ORIGINS', 'app.example'],
  ['ALLOWED_ORIGINS', 'https://app.example/path'],
  ['DATABASE_URL', 'postgres://user:hunter2@db:port/x'],
  ['DATABASE_POOL_MIN', '21'],
  ['DATABASE_STATEMENT_TIMEOUT', '0'],
  ['DATABASE_URL', 'mongodb://db'],
  ['DATABASE_URL', 'what'],
  ['WS_DEFLATE', 'maybe'],
  ['LIMIT_REST', '0'],
  ['ADMIN_PASS', 'only a password'],
  ['PARLEY_PORT', '1'],
  ['PARLEY_X', '1'],
])('CFG-2 a bad %s stops the start with one line that names it', (name, value) => {
  const attempt = () => readConfig({ [name]: value })
  expect(attempt).toThrow(ConfigError)
  const line = (() => {
    try {
      attempt()
      return ''
    } catch (error) {
      return (error as Error).message
    }
  })()
  expect(line).toContain(name === 'ADMIN_PASS' ? 'ADMIN_USER' : name)
  expect(line).toContain('must be')
  expect(line).not.toMatch(/\n|hunter2|short/)
})

it('CFG-3 LIMITS=off works on loopback only', () => {
  expect(readConfig({ LIMITS: 'off' }).limits).toBe('off')
  expect(() => readConfig({ LIMITS: 'off', HOST: '0.0.0.0' })).toThrow(/^LIMITS must be on/)
})

it('CFG-4 each LIMIT_ sets a count, its window stays', () => {
  const { limits } = readConfig({ LIMIT_CHAT: '7' })
  expect(limits).toEqual({ ...DEFAULT_LIMITS, chat: { points: 7, windowMs: 1_000 } })
})

it('CFG-5 sqlite: and file: name the database', () => {
  for (const url of ['sqlite:/tmp/a.db', 'file:/tmp/a.db', 'sqlite:///tmp/a.db']) {
    expect(readConfig({ DATABASE_URL: url }).database).toEqual({ kind: 'sqlite', path: '/tmp/a.db' })
  }
})

it('CFG-6 the generated secret is made once, for the owner alone', () => {
  const dataDir = join(folder(), 'new')
  const secret = loadSecret(dataDir)
  expect(secret.length).toBeGreaterThanOrEqual(32)
  expect(loadSecret(dataDir)).toBe(secret)
  expect(statSync(join(dataDir, 'jwt-secret')).mode & 0o777).toBe(0o600)
  writeFileSync(join(dataDir, 'jwt-secret'), 'short')
  expect(() => loadSecret(dataDir)).toThrow(ConfigError)
})

it('CFG-7 every setting is described, and no secret is shown', () => {
  const settings = describeSettings({
    JWT_SECRET: 's'.repeat(40),
    PORT: '1',
    DATABASE_URL: 'postgres://u:hunter2@h/d?password=hunter2&sslmode=require',
  })
  for (const { name, description, expects } of settings)
    expect([name, description !== '', expects !== '']).toEqual([name, true, true])
  expect(settings.find(({ name }) => name === 'PORT')).toMatchObject({ fallback: '3000', value: '1' })
  expect(JSON.stringify(settings)).not.toMatch(/ssss|hunter2/)
})

it('CFG-8 a URL of PostgreSQL is taken, with settings for its connections', () => {
  const url = 'postgres://user:hunter2@db.example:5433/parley'
  expect(readConfig({ DATABASE_URL: url }).database).toEqual({
    ...{ kind: 'postgres', url, address: 'db.example:5433/parley' },
    pool: { maxConnections: 20, minConnections: 5, connectTimeout: 10_000, statementTimeout: 10_000 },
  })
  const given = readConfig({ DATABASE_URL: url, DATABASE_POOL_MAX: '7', DATABASE_POOL_MIN: '0' }).database
  expect(given).toMatchObject({ pool: { maxConnections: 7, minConnections: 0 } })
})

const SECRET = 'x'.repeat(32)

it.each([
  ['what', 'REDIS_URL'],
  ['http://localhost', 'REDIS_URL'],
  ['redis://:hunter2@localhost?db=1', 'REDIS_URL'],
])('CFG-9 REDIS_URL must be an address of Redis; the line about %s names it and no password', (url, name) => {
  const attempt = () => readConfig({ REDIS_URL: url, JWT_SECRET: SECRET })
  expect(attempt).toThrow(name)
  expect(attempt).not.toThrow('hunter2')
})

it('CFG-9 several nodes need a secret that all share, and a database that all can', () => {
  const REDIS_URL = 'rediss://:hunter2@redis.example:6380'
  expect(() => readConfig({ REDIS_URL })).toThrow('JWT_SECRET must be set too')
  const alone = { REDIS_URL, JWT_SECRET: SECRET }
  expect(() => readConfig({ ...alone, HOST: '0.0.0.0' })).toThrow('REDIS_URL must be unset with a SQLite')
  expect(readConfig(alone).redisUrl).toBe(REDIS_URL)
  expect(readConfig({}).redisUrl).toBeNull()
  const told = JSON.stringify(describeSettings({ REDIS_URL }))
  expect(told).toContain('REDIS_URL')
  expect(told).not.toContain('hunter2')
})
