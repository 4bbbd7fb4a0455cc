import { describe, expect, it } from 'vitest'
import { fitNonNegative } from '../least-squares.ts'
import { errorOf, fitModel, median, type Observation, predict, type SizingModel } from '../model.ts'

const MODEL: SizingModel = {
  node: {
    ...{ idle: 0.01, commit: 0.002, message: 0.0004, delivery: 0.00003 },
    ...{ receipt: 0.0003, published: 0.00007, received: 0.00005 },
  },
  postgres: { idle: 0.002, commit: 0.001, message: 0.0002, receipt: 0.0001 },
  redis: { idle: 0.001, commit: 0.00001, published: 0.000012, received: 0.000008 },
}

const observed = (
  nodes: number,
  [messages, deliveries, receipts, published, received, commits]: readonly number[],
): Observation => {
  const question = {
    ...{ nodes, seconds: 5, commits: commits! },
    traffic: {
      ...{ messages: messages!, deliveries: deliveries!, receipts: receipts! },
      ...{ published: published!, received: received! },
    },
  }
  return { workload: 'made up', ...question, cpu: predict(MODEL, question) }
}

const OBSERVATIONS = [
  observed(1, [0, 0, 0, 0, 0, 0]),
  observed(1, [400, 400, 400, 1_500, 0, 700]),
  observed(1, [300, 2_700, 0, 900, 0, 250]),
  observed(1, [100, 9_900, 0, 1_200, 0, 100]),
  observed(1, [6_000, 6_000, 6_000, 20_000, 0, 600]),
  observed(2, [800, 800, 800, 3_000, 900, 1_300]),
  observed(2, [600, 5_400, 0, 2_000, 1_300, 500]),
  observed(2, [200, 19_800, 0, 3_000, 1_500, 200]),
]

describe('the sizing model', () => {
  it('SCALE-1 is the sum of what each part of the traffic takes, and of what a silent node takes', () => {
    const traffic = { messages: 10, deliveries: 20, receipts: 30, published: 40, received: 50 }
    const { nodes, postgres, redis } = predict(MODEL, { nodes: 2, seconds: 3, commits: 5, traffic })
    expect(nodes).toBeCloseTo(0.06 + 0.01 + 0.004 + 0.0006 + 0.009 + 0.0028 + 0.0025, 10)
    expect(postgres).toBeCloseTo(0.012 + 0.005 + 0.002 + 0.003, 10)
    expect(redis).toBeCloseTo(0.006 + 0.00005 + 0.00048 + 0.0004, 10)
  })

  it('SCALE-1 finds the constants that made the measurements, and so predicts what it has not seen', () => {
    const fitted = fitModel(OBSERVATIONS)
    const third = observed(3, [2_000, 30_000, 1_000, 9_000, 8_000, 900])
    const predicted = predict(fitted, third)
    for (const part of ['nodes', 'postgres', 'redis'] as const)
      expect(Math.abs(errorOf(predicted[part], third.cpu[part]))).toBeLessThan(0.01)
    expect(fitted.node.delivery).toBeCloseTo(MODEL.node.delivery, 6)
    const dearer = OBSERVATIONS.map((one) => ({
      ...one,
      cpu: { ...one.cpu, postgres: 2 * one.cpu.postgres },
    }))
    expect(fitModel(dearer).postgres.message).toBeCloseTo(2 * fitted.postgres.message, 6)
  })

  it('SCALE-1 has no constant below 0, whatever the noise', () => {
    const noisy = OBSERVATIONS.map((one, index) => ({
      ...one,
      cpu: { ...one.cpu, nodes: one.cpu.nodes * (index % 2 === 0 ? 1.4 : 0.6) },
    }))
    for (const constant of Object.values(fitModel(noisy).node)) expect(constant).toBeGreaterThanOrEqual(0)
    expect(
      fitNonNegative(
        [
          [1, 0],
          [1, 1],
        ],
        [2, 1],
        0,
      )[1],
    ).toBe(0)
    const silent = { ...OBSERVATIONS[0]!, cpu: { nodes: 0, postgres: 0, redis: 0 } }
    expect(fitModel([silent, ...OBSERVATIONS]).node.idle).toBeGreaterThan(0)
  })

  it('SCALE-1 refuses to tell more constants than there are measurements', () => {
    expect(() => fitModel(OBSERVATIONS.slice(0, 5))).toThrow('5 rows cannot tell 7 coefficients')
  })

  it('SCALE-1 an error is a share of what was measured', () => {
    expect(errorOf(1.5, 1)).toBeCloseTo(0.5)
    expect(errorOf(1, 2)).toBeCloseTo(-0.5)
    expect(median([9, 1, 4])).toBe(4)
    expect(median([1, 2, 8, 9])).toBe(5)
    expect(() => median([])).toThrow()
  })
})
