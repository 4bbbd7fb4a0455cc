import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createLog, createObserver, type LogSettings } from '../log.ts'
import { createMetrics } from '../metrics.ts'

const start = (settings: Partial<LogSettings>) => {
  const lines: string[] = []
  const log = createLog(
    { logLevel: 'info', logDir: null, nodeId: 'n1', ...settings },
    { write: (line) => void lines.push(line) },
  )
  const metrics = createMetrics()
  return { lines, log, metrics, observer: createObserver({ log, metrics }) }
}

it('LOG-1 lines are JSON at LOG_LEVEL and above, with the node; silent writes nothing', () => {
  const { lines, observer } = start({})
  observer.debug('client connected', { connectionId: 'c1' })
  expect(lines).toEqual([])
  observer.error('commit failed', new Error('disk'), { userId: 'u1' })
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 50,
    nodeId: 'n1',
    msg: 'commit failed',
    userId: 'u1',
    err: { message: 'disk' },
  })
  const silent = start({ logLevel: 'silent' })
  silent.observer.error('x', new Error('x'))
  silent.observer.audit('x', {})
  expect(silent.lines).toEqual([])
})

it('LOG-2 security events are written at every other level, marked audit', () => {
  const { lines, observer } = start({ logLevel: 'fatal' })
  observer.audit('sign-in failed', { userId: 'u1' })
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    audit: true,
    level: 30,
    msg: 'sign-in failed',
    userId: 'u1',
  })
})

it('LOG-3 what is named like a secret or content is not written, nor what errors carry', () => {
  const { lines, log, observer } = start({ logLevel: 'trace' })
  log.main.info(
    { token: 'canary', headers: { cookie: 'canary', authorization: 'canary' }, content: 'canary' },
    'x',
  )
  observer.error(
    'x',
    Object.assign(new Error('plain'), { request: { body: 'canary' }, parameters: ['canary'] }),
  )
  expect(lines).toHaveLength(2)
  expect(lines.join('')).not.toContain('canary')
})

it('LOG-4 LOG_DIR adds combined.log with everything and error.log with errors', () => {
  const logDir = mkdtempSync(join(tmpdir(), 'parley-log-'))
  const { log, observer } = start({ logDir })
  log.main.info('one')
  observer.error('two', new Error('two'))
  log.flush()
  const read = (name: string) => readFileSync(join(logDir, name), 'utf8').trim().split('\n')
  expect(read('combined.log')).toHaveLength(2)
  expect(read('error.log')).toHaveLength(1)
  rmSync(logDir, { recursive: true })
})

it('LOG-5 metrics count, sample and ask their sources at every scrape; unknown labels are ignored', async () => {
  const { metrics, observer } = start({})
  observer.count('parley_messages_total', { kind: 'direct', content: 'canary' })
  observer.observe('parley_commit_seconds', 0.002)
  const queries = { messages: 4, accounts: 5 }
  metrics.setSources({
    connections: () => ({ chat: 2 }),
    onlineUsers: () => 3,
    storeQueries: () => queries,
    bus: () => null,
  })
  const { text } = await metrics.expose()
  expect(text).toContain('parley_messages_total{kind="direct"} 1')
  expect(text).toContain('parley_commit_seconds_count 1')
  expect(text).toContain('parley_connections{dialect="chat"} 2')
  expect(text).toContain('parley_online_users 3')
  expect(text).toContain('parley_event_loop_delay_seconds{quantile="0.99"}')
  expect(text).not.toContain('canary')
  expect(text).toContain('parley_store_queries_total{of="messages"} 4')
  queries.messages = 6
  const { text: later } = await metrics.expose()
  expect(later).toContain('parley_store_queries_total{of="messages"} 6')
  expect(later).toContain('parley_store_queries_total{of="accounts"} 5')
  metrics.close()
})
