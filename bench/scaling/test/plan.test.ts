import { describe, expect, it } from 'vitest'
import { demandOf, type Measured, parseAssumptions, planFor } from '../plan.ts'

const MEASURED: Measured = {
  model: {
    node: {
      ...{ idle: 0.01, commit: 0.001, message: 0.0002, delivery: 0.00002 },
      ...{ receipt: 0.0001, published: 0.00005, received: 0.00005 },
    },
    postgres: { idle: 0.002, commit: 0.0005, message: 0.0001, receipt: 0.0001 },
    redis: { idle: 0.001, commit: 0.00001, published: 0.00001, received: 0.00001 },
  },
  connections: {
    ...{ connections: 2_000, chatBytes: 20_000, channelsBytes: 30_000 },
    ...{ nodeCpu: 0.00001, redisCpu: 0.000003 },
  },
  perCommit: { modest: 1.2, full: 12 },
  bytesPerMessage: 1_000,
  bytesPerEvent: 600,
}

describe('the sizing plan', () => {
  it('SCALE-3 messages a second are those of a day, over its seconds, times the peak', () => {
    const of = parseAssumptions('users=864000,messagesPerUserPerDay=10,peak=2,direct=1,readerOnline=0.5')
    const demand = demandOf(of)
    expect(demand.messages).toBeCloseTo(200)
    expect(demand.deliveries).toBeCloseTo(100)
    expect(demand.receipts).toBeCloseTo(200)
    expect(demand.connections).toBeCloseTo(864_000 * 0.1 * 1.2)
    const inChannels = demandOf({ ...of, direct: 0, channelReaders: 20, receiptsPerDelivery: 0.1 })
    expect([inChannels.deliveries, inChannels.receipts].map(Math.round)).toEqual([4_000, 400])
  })

  it('SCALE-3 a plan holds every limit that it was given, and takes no more cells than that needs', () => {
    for (const users of [1_000, 100_000, 10_000_000]) {
      const of = parseAssumptions(`users=${users}`)
      const plan = planFor(of, MEASURED, 5)
      const { traffic, connections, broadcast } = plan.nodeCores
      expect(traffic + connections + broadcast + MEASURED.model.node.idle).toBeLessThanOrEqual(
        of.nodeLoad + 1e-9,
      )
      expect(broadcast).toBeLessThanOrEqual(of.broadcastLoad)
      expect(plan.demand.connections / plan.nodes).toBeLessThanOrEqual(of.connectionsPerNode)
      if (plan.nodesPerCell > 1) expect(plan.redisCoresPerCell).toBeLessThanOrEqual(of.redisLoad)
      expect(plan.postgresCores / plan.postgresServers).toBeLessThanOrEqual(
        of.postgresCores * of.postgresLoad,
      )
      expect(plan.storedPerDay).toBe(users * of.messagesPerUserPerDay * 1_000)
      expect(plan.storedBytes).toBe(plan.storedPerDay * 365 * of.years * of.copies)
    }
    expect(planFor(parseAssumptions('users=1000'), MEASURED, 5).cells).toBe(1)
    const large = parseAssumptions('users=10000000')
    expect(planFor(large, MEASURED, 5).cells).toBeGreaterThan(1)
    // Half of the users never need more cells.
    expect(planFor({ ...large, users: large.users / 2 }, MEASURED, 5).cells).toBeLessThan(
      planFor(large, MEASURED, 5).cells,
    )
  })

  it('SCALE-3 fuller batches need fewer nodes', () => {
    const of = parseAssumptions('users=1000000')
    expect(planFor(of, MEASURED, 12).nodes).toBeLessThan(planFor(of, MEASURED, 1.2).nodes)
  })

  it('SCALE-3 what is no assumption, and limits that nothing holds, are refused', () => {
    expect(() => parseAssumptions('userz=5')).toThrow('There are: users, online')
    expect(() => parseAssumptions('users=many')).toThrow('users')
    expect(() => parseAssumptions('online=2')).toThrow('online')
    expect(() => planFor(parseAssumptions('nodeLoad=0.005'), MEASURED, 5)).toThrow('no number of cells')
  })
})
