import { buildOnce } from '@parley/testkit/server-process'
import { requireTool } from '@parley/testkit/system-tool'
import { beforeAll, describe, expect, it } from 'vitest'
import { withRunning } from '../../scaling/running.ts'
import { LOAD_CORE } from '../cores.ts'
import { metered, openPairs } from '../direct.ts'
import { BURSTS, measureFanOut } from '../fan-out.ts'
import { withLoad } from '../load.ts'
import { startChannels, withParley } from '../parley.ts'
import { startersOf } from '../peers.ts'

beforeAll(() => {
  requireTool({ command: 'cc', probe: ['--version'], package: 'build-essential' })
  requireTool({ command: 'taskset', probe: ['--version'], package: 'util-linux' })
  buildOnce()
})

describe('the load generator', () => {
  it('BENCH-3 hears everything that 20 members are told, by Parley and by servers in C', async () => {
    const lines: string[] = []
    const points = await measureFanOut({
      ...{ members: [20], seconds: 0.2, runs: 1 },
      starters: [startChannels, ...startersOf('c')],
      say: (line) => lines.push(line),
    })
    expect(points.map(({ name, burst }) => [name, burst])).toEqual(
      BURSTS.flatMap((burst) => ['Parley channels', 'C, each', 'C, coalesced'].map((name) => [name, burst])),
    )
    for (const point of points) {
      expect(point.deliveriesPerSecond).toBeGreaterThan(0)
      expect(point.p99).toBeGreaterThanOrEqual(point.p50)
    }
    expect(lines).toHaveLength(points.length)
  })

  it('BENCH-3 gets an acknowledgement, a delivery and a receipt for each direct message', () =>
    withParley({}, (parley) =>
      withLoad([LOAD_CORE], async (load) => {
        await openPairs(parley, load, parley.people(4))
        const { counts } = await metered(parley, () => load.directClosed(8, 200))
        expect(counts.sent).toBeGreaterThanOrEqual(16)
        expect([counts.acks, counts.deliveries, counts.receipts]).toEqual([
          ...[counts.sent, counts.sent, counts.sent],
        ])
      }),
    ))

  it('BENCH-3 tells deliveries apart that come together, and finds those that do not come', () =>
    withRunning(
      async () => {
        const value = await startersOf('c')[1]!()
        return { value, stop: () => value.stop() }
      },
      (server) =>
        withLoad([LOAD_CORE], async (load) => {
          const { scripts, marker, listeners } = await server.stage(3)
          await load.target(server.port, server.wire)
          expect((await load.open(scripts)).ready).toBe(4)
          const { rounds, deliveries, missing } = await load.fanOut(marker, listeners, 7, 100)
          expect([deliveries, missing]).toEqual([rounds * 7 * 3, 0])
          // Nobody but these three will ever hear it.
          const waiting = load.fanOut(marker, listeners + 1, 1, 1)
          await server.stop()
          expect((await waiting).missing).toBeGreaterThan(0)
        }),
    ))
})
