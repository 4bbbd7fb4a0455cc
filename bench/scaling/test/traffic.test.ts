import { describe, expect, it } from 'vitest'
import { imbalances, placesOf, planSends, sceneOf, trafficOf, type Workload } from '../traffic.ts'
import { CHANNEL_PEOPLE, CHAT_PEOPLE, WORKLOADS } from '../workloads.ts'

const DIRECT: Workload = { name: 'direct', members: null, channels: 0, perNode: 50 }
const TEAMS: Workload = { name: 'teams', members: 5, channels: 3, perNode: 20 }

describe('simulated traffic', () => {
  it.each([1, 2, 3])(
    'SCALE-2 on %i nodes every message has one delivery for each member but its author',
    (nodes) => {
      for (const workload of WORKLOADS) {
        const people = workload.members === null ? CHAT_PEOPLE : CHANNEL_PEOPLE
        const scene = sceneOf(workload, nodes, placesOf(people, nodes, 3))
        const sends = planSends(workload, scene, { seconds: 2, seed: 7 })
        expect(sends).toHaveLength(workload.perNode * nodes * 2)
        let deliveries = 0
        for (const { from, to } of sends) {
          const members = 'person' in to ? [from, to.person] : scene.channels[to.channel]!
          expect(members).toContain(from)
          expect(new Set(members).size).toBe(workload.members ?? 2)
          deliveries += members.length - 1
        }
        const traffic = trafficOf(sends, scene)
        expect(traffic.deliveries).toBe(deliveries)
        expect(traffic.messages).toBe(sends.length)
        expect(traffic.receipts).toBe(workload.members === null ? sends.length : 0)
      }
    },
  )

  it('SCALE-2 events cross nodes only where somebody on another node needs them', () => {
    const alone = sceneOf(DIRECT, 1, [0, 0])
    expect(trafficOf(planSends(DIRECT, alone, { seconds: 1, seed: 1 }), alone).received).toBe(0)
    const one = [{ at: 0, from: 0, to: { person: 1 } }]
    // To both, the receipt, to both that there is news, three announcements.
    const together = trafficOf(one, { nodes: 2, nodeOf: [0, 0], channels: [] })
    expect([together.published, together.received]).toEqual([8, 3])
    const apart = trafficOf(one, { nodes: 2, nodeOf: [0, 1], channels: [] })
    expect([apart.published, apart.received]).toEqual([8, 6])
    const channel = { nodes: 3, nodeOf: [0, 1, 1, 2], channels: [[0, 1, 2, 3]] }
    // Once to two other nodes, to four members that there is news, three announcements to two nodes.
    const spread = trafficOf([{ at: 0, from: 0, to: { channel: 0 } }], channel)
    expect([spread.published, spread.received]).toEqual([8, 2 + 3 + 6])
  })

  it('SCALE-2 what is lost or comes twice is told', () => {
    const scene = sceneOf(TEAMS, 2, placesOf(10, 2, 5))
    const planned = trafficOf(planSends(TEAMS, scene, { seconds: 1, seed: 2 }), scene)
    const { messages, deliveries, receipts } = planned
    const right = { sent: messages, acknowledged: messages, deliveries, receipts }
    expect(imbalances(right, planned)).toEqual([])
    expect(imbalances({ ...right, deliveries: deliveries - 1 }, planned)).toEqual([
      `deliveries: ${deliveries - 1} instead of ${deliveries}`,
    ])
    expect(imbalances({ ...right, acknowledged: messages + 1 }, planned)).toHaveLength(1)
    expect(imbalances({ ...right, receipts: 1 }, planned)).toHaveLength(1)
  })

  it('SCALE-2 the same seed is the same simulation, and a channel needs as many people as it has members', () => {
    const scene = sceneOf(TEAMS, 2, placesOf(10, 2, 5))
    const plan = (seed: number) => planSends(TEAMS, scene, { seconds: 1, seed })
    expect(plan(4)).toEqual(plan(4))
    expect(plan(4)).not.toEqual(plan(5))
    expect(() => sceneOf(TEAMS, 2, [0, 1, 0])).toThrow('teams needs 5 people')
  })
})
