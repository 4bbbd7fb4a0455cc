import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '@parley/testkit'
import { type Cluster, type ClusterNode, startCluster } from '@parley/testkit/cluster'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ask } from '../deploy/https-client.ts'
import { HAPROXY_PROXY, type RunningProxy, startProxy } from '../deploy/proxy.ts'
import { nodeAt, type TestNode } from '../harness/test-node.ts'
import { placeOf } from './chaos-run.ts'
import { ChaosWorld } from './chaos-world.ts'
import { verdictOf } from './verdict.ts'

/** Three nodes behind HAProxy, as `deploy/` has it, get another version one after the other while people write. */

const PEOPLE = 8
/** Connections that only listen. */
const CROWD = 60
/** HAProxy needs 2 s to see that a node stops (ms). */
const DRAIN_DELAY = 3_500
const DRAIN_SPREAD = 3_000
const PATIENCE = 30_000

let cluster: Cluster
let proxy: RunningProxy

beforeAll(async () => {
  const times = { DRAIN_DELAY: `${DRAIN_DELAY}`, DRAIN_SPREAD: `${DRAIN_SPREAD}` }
  cluster = await startCluster({ nodes: 3, env: { ...times, TRUST_PROXY: '127.0.0.1' } })
  proxy = await startProxy(
    HAPROXY_PROXY,
    cluster.nodes.map(({ url }) => url),
  )
})
afterAll(async () => {
  await proxy?.stop()
  await cluster?.stop()
})

/** Connections without an account that come back when they are told to. */
const startCrowd = (node: TestNode) => {
  const told: number[] = []
  const open = new Set<{ socket: { terminate(): void } }>()
  let isOver = false
  const keep = async (): Promise<void> => {
    while (!isOver) {
      const client = await node.open('/signal').catch(() => null)
      if (client === null) await sleep(100)
      if (client === null) continue
      open.add(client)
      if (isOver) client.socket.terminate()
      await client.closed
      open.delete(client)
      const notice = client.all.find(({ type }) => type === 'server-drain')?.['payload']
      const wait = (notice as { reconnectInMs: number } | undefined)?.reconnectInMs
      if (wait !== undefined) told.push(wait)
      await sleep(wait ?? 100)
    }
  }
  const loops = Array.from({ length: CROWD }, keep)
  return {
    told,
    get size() {
      return open.size
    },
    end: async (): Promise<void> => {
      isOver = true
      for (const { socket } of open) socket.terminate()
      await Promise.all(loops)
    },
  }
}

/** SIGTERM, and another process in its place, which the proxy has taken in. */
const restart = async (node: ClusterNode, index: number): Promise<void> => {
  const isUp = `Server parley/parley-${index + 1} is UP`
  const times = (): number => proxy.log().split(isUp).length
  const before = times()
  const PORT = new URL(node.url).port
  expect(await node.stop()).toBe(0)
  await node.start({ PORT })
  await expect.poll(times, { timeout: PATIENCE }).toBeGreaterThan(before)
}

it('NODE-20 a rolling restart under load loses nothing, nothing comes twice, and clients come back spread over DRAIN_SPREAD', async () => {
  const send = (path: string, request: object) => ask(proxy, path, request)
  const entrance = nodeAt(proxy.url, { ca: proxy.ca, send })
  const seed = Number(process.env['PARLEY_CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const world = new ChaosWorld({
    nodes: cluster.nodes.map(placeOf),
    entrances: [{ isUp: true, at: entrance }],
    random: randomFrom(seed),
  })
  const crowd = startCrowd(entrance)
  const everybody = [2 * PEOPLE, CROWD]
  const back = () =>
    expect.poll(() => [world.connected, crowd.size], { timeout: PATIENCE }).toEqual(everybody)
  try {
    await world.begin(PEOPLE, 250)
    await back()
    for (const [index, node] of cluster.nodes.entries()) await restart(node, index)
    await back()
    await world.quiet(PATIENCE)
    const took = await world.converged(PATIENCE)
    const { wrong, stored } = await verdictOf(world, world.readers())
    const told = [...world.toldToWait, ...crowd.told]
    const figures = JSON.stringify({ seed, stored, took, told: told.length, ...world.figures })
    expect(wrong, figures).toEqual([])
    expect(world.figures.acknowledged, figures).toBeGreaterThan(200)
    expect([world.connected, crowd.size]).toEqual(everybody)
    expectSpread(told)
    if (process.env['PARLEY_CHAOS_SAY'] !== undefined) process.stdout.write(`${figures}\n`)
  } finally {
    await Promise.all([world.end(), crowd.end()])
  }
}, 240_000)

/** Every connection was told once at least, each its own time, and no third of the time gets most of them. */
const expectSpread = (told: readonly number[]): void => {
  expect(told.length).toBeGreaterThanOrEqual(2 * PEOPLE + CROWD)
  expect(new Set(told).size).toBeGreaterThan(told.length / 2)
  const thirds = [0, 0, 0]
  for (const wait of told) {
    expect(wait).toBeGreaterThanOrEqual(0)
    expect(wait).toBeLessThanOrEqual(DRAIN_SPREAD)
    thirds[Math.min(2, Math.floor((wait * 3) / DRAIN_SPREAD))]! += 1
  }
  expect(Math.max(...thirds), thirds.join(', ')).toBeLessThanOrEqual(told.length * 0.6)
}
