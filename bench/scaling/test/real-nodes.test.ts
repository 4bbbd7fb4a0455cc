import { expect, it } from 'vitest'
import { measureNodes } from '../measure-nodes.ts'
import { WORKLOADS } from '../workloads.ts'

it('SCALE-2 on two real nodes what was planned arrives, whoever is where, and as many events cross as were planned', async () => {
  const lines: string[] = []
  const some = WORKLOADS.filter(({ name }) => name === 'direct' || name === 'channels of 10')
  const results = await measureNodes({
    nodes: 2,
    workloads: some.map((workload) => ({ ...workload, perNode: 20 })),
    ...{ seconds: 1, runs: 1, burst: 200, seed: 5 },
    say: (line) => lines.push(line),
  })
  expect(results.map(({ workload }) => workload)).toEqual(['direct', 'channels of 10', 'full load'])
  expect(lines).toHaveLength(3)
  for (const { traffic, cpu, commits, counted } of results) {
    expect(traffic.messages).toBeGreaterThan(0)
    expect(Math.min(cpu.nodes, cpu.postgres, cpu.redis)).toBeGreaterThan(0)
    // Each message and receipt is in one commit; several may share it.
    expect(commits).toBeLessThanOrEqual(traffic.messages + traffic.receipts)
    expect(counted.dropped).toBe(0)
    // News are put together by time: a machine that is late sends more of them, for the same messages.
    const share = (counted.published + counted.received) / (traffic.published + traffic.received)
    expect(share).toBeGreaterThan(0.5)
    expect(share).toBeLessThan(4)
  }
})
