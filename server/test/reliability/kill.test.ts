import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '@parley/testkit'
import { buildOnce, newDataFolder, type ServerProcess, startProcess } from '@parley/testkit/server-process'
import { beforeAll, describe, expect, it } from 'vitest'
import { World } from './world.ts'

/** Black box: the built server, killed without warning while people write to each other. */

/** Kills in all. Two servers share them: most of a round is the start of a process, on a core of its own. */
const KILLS = 100
const SERVERS = 2
const PEOPLE = ['ann', 'bob', 'cleo', 'dan']
/** The store is read and checked after so many rounds, and at the end. */
const CHECK_EVERY = 10
/** A kill comes at most so long after the first send (ms): before, within and after the commits. */
const LATEST_KILL = 60

beforeAll(buildOnce)

/** However slow the machine is, half of the kills come among acknowledgements. A server that gives none has this long (ms). */
const PATIENCE = 10_000

const untilAcknowledged = async (world: World, count: number): Promise<void> => {
  const end = Date.now() + PATIENCE
  while (world.acknowledged < count && Date.now() < end) await sleep(1)
}

/** Bursts until the server is gone: a few messages from everybody in each turn. */
const sendUntilKilled = async (server: ServerProcess, world: World, random: () => number): Promise<void> => {
  world.retry()
  const bursts = 1 + Math.floor(random() * 12)
  const gap = Math.floor(random() * 6)
  const byTime = random() < 0.5
  const share = random()
  const moment = byTime
    ? sleep(share * LATEST_KILL)
    : untilAcknowledged(world, world.acknowledged + 1 + Math.floor(share * bursts * PEOPLE.length))
  const killed = moment.then(() => server.kill())
  for (let burst = 0; burst < bursts && !server.hasExited; burst += 1) {
    world.sendRound()
    await sleep(gap)
  }
  await killed
}

const runWorld = async (seed: number): Promise<World> => {
  const random = randomFrom(seed)
  const data = newDataFolder()
  const world = new World(random)
  let server = await startProcess(data.path)
  try {
    await world.register(server, PEOPLE)
    for (let kill = 1; kill <= KILLS / SERVERS; kill += 1) {
      await world.connect(server)
      await sendUntilKilled(server, world, random)
      await world.disconnected()
      server = await startProcess(data.path)
      if (kill % CHECK_EVERY === 0) expect(await world.check(server, false), `after kill ${kill}`).toEqual([])
    }
    await world.connect(server)
    world.retry()
    await sleep(500)
    expect(await world.check(server, true), 'at the end').toEqual([])
    expect(await server.stop()).toBe(0)
    return world
  } finally {
    await server.kill()
    data.remove()
  }
}

describe('the kill test', () => {
  it('ACK-3 100 kills at random moments: what was acknowledged is there once, in order', async () => {
    const seed = Number(process.env['PARLEY_KILL_SEED'] ?? randomInt(2 ** 31))
    const runs = Array.from({ length: SERVERS }, (_, index) => runWorld(seed + index))
    const ends = await Promise.allSettled(runs)
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
    if (failures.length > 0) {
      throw new AggregateError(failures, `PARLEY_KILL_SEED=${seed}: ${failures.map(String).join('\n')}`)
    }
    const worlds = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
    for (const { acknowledged, repeated } of worlds) {
      // Kills came both before and after acknowledgements, or nothing was tried.
      expect(acknowledged).toBeGreaterThan(KILLS)
      expect(repeated).toBeGreaterThan(KILLS / 4)
    }
  }, 900_000)
})
