import { setTimeout as sleep } from 'node:timers/promises'
import { type OwnPostgresServer, startOwnPostgres } from '@parley/testkit/postgres'
import { buildOnce, newDataFolder, type ServerProcess, startProcess } from '@parley/testkit/server-process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { World } from '../reliability/world.ts'

/** Black box: the built server on a PostgreSQL that is killed while people write to each other. */

const KILLS = 3
const COMEBACK = 10_000

const isReady = (server: ServerProcess): Promise<boolean> =>
  fetch(`${server.url}/api/ready`).then(
    ({ status }) => status === 200,
    () => false,
  )

/** How long it takes until the server can serve again (ms). */
const comeback = async (server: ServerProcess): Promise<number> => {
  const start = Date.now()
  while (!(await isReady(server))) {
    if (Date.now() - start > 3 * COMEBACK) throw new Error(`not ready: ${server.output().slice(-1_000)}`)
    await sleep(50)
  }
  return Date.now() - start
}

describe('PostgreSQL goes away', () => {
  const data = newDataFolder()
  let postgres: OwnPostgresServer | undefined
  let server: ServerProcess | undefined
  beforeAll(async () => {
    buildOnce()
    postgres = await startOwnPostgres()
  })
  afterAll(async () => {
    await server?.stop()
    await postgres?.stop()
    data.remove()
  })

  it('PG-9 killed during commits and started again: no acknowledgement is false, none is lost, and sends work within 10 s', async () => {
    const env = { DATABASE_URL: await postgres!.createDatabase() }
    server = await startProcess(data.path, { env })
    const world = new World(() => 0.5, { takesRefusals: true })
    await world.register(server, ['ann', 'bob', 'cleo'])
    await world.connect(server)
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const before = world.acknowledged
      for (let burst = 0; world.acknowledged < before + 10 * kill && burst < 1_000; burst += 1) {
        world.sendRound()
        await sleep(5)
      }
      const killed = postgres!.kill()
      for (let burst = 0; burst < 10; burst += 1) {
        world.sendRound()
        await sleep(5)
      }
      await killed
      expect(await isReady(server)).toBe(false)
      await postgres!.start()
      expect(await comeback(server)).toBeLessThan(COMEBACK)
      expect(world.acknowledged).toBeGreaterThan(before)
      const acknowledged = world.acknowledged
      world.retry()
      for (const end = Date.now() + COMEBACK; world.acknowledged === acknowledged && Date.now() < end; ) {
        await sleep(20)
      }
      expect(world.acknowledged).toBeGreaterThan(acknowledged)
    }
    expect(world.refused).toBeGreaterThan(0)
    await sleep(500)
    // Who connects anew is given what a bus without a store could not tell.
    await world.connect(server)
    expect(await world.check(server, true)).toEqual([])
    expect(server.hasExited).toBe(false)
  }, 120_000)
})
