import { RawClient } from '@parley/testkit'
import {
  buildOnce,
  type DataFolder,
  newDataFolder,
  type ServerProcess,
  startProcess,
} from '@parley/testkit/server-process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readConfig } from '../../config.ts'

/** Black box: what a balancer sees of a server that stops. */

const DRAIN_DELAY = 2_000
let folder: DataFolder
let server: ServerProcess

beforeAll(async () => {
  buildOnce()
  folder = newDataFolder()
  server = await startProcess(folder.path, { env: { DRAIN_DELAY: String(DRAIN_DELAY) } })
})
afterAll(async () => {
  await server.kill()
  folder.remove()
})

it('DEPLOY-1 for DRAIN_DELAY /api/ready is 503 while all goes on; then connections are told to go', async () => {
  const open = (): Promise<RawClient> => RawClient.open(`${server.url.replace('http', 'ws')}/signal`)
  const ask = (path: string): Promise<Response> => fetch(`${server.url}${path}`)
  const ready = await ask('/api/ready')
  expect([ready.status, ready.headers.get('connection')]).toEqual([200, 'keep-alive'])
  const old = await open()
  const began = performance.now()
  const ended = server.stop()
  await expect.poll(async () => (await ask('/api/ready')).status, { timeout: 1_500 }).toBe(503)
  const problem = (await (await ask('/api/ready')).json()) as { code: string; detail: string }
  expect(problem).toMatchObject({ code: 'UNAVAILABLE', detail: 'The server is stopping' })
  const health = await ask('/api/health')
  expect([health.status, health.headers.get('connection')]).toEqual([200, 'close'])
  const late = await open()
  const told = (): boolean => [old, late].some(({ all }) => all.some(({ type }) => type === 'server-drain'))
  expect(told()).toBe(false)
  for (const client of [old, late]) {
    await client.next('server-drain')
    expect((await client.closed).code).toBe(1001)
  }
  expect(performance.now() - began).toBeGreaterThanOrEqual(DRAIN_DELAY - 50)
  expect(await ended).toBe(0)
})

it('DEPLOY-2 a DRAIN_DELAY that leaves no time to stop is refused, naming both settings', () => {
  expect(readConfig({}).drainDelay).toBe(0)
  expect(readConfig({ DRAIN_DELAY: '5000', SHUTDOWN_TIMEOUT: '5001' }).drainDelay).toBe(5_000)
  expect(() => readConfig({ DRAIN_DELAY: '10000' })).toThrow(/^SHUTDOWN_TIMEOUT must be above DRAIN_DELAY/)
  expect(readConfig({ SHUTDOWN_TIMEOUT: '100' }).shutdownTimeout).toBe(100)
})
