import { describe, expect, it } from 'vitest'
import { spreadOf } from '../figures.ts'
import { type GateRatio, gateRatiosOf, lastingLosses, lossesOf } from '../gate.ts'

const ratioOf = (other: string, ratio: number): GateRatio => ({
  ...{ own: 'Parley hub', other, members: 200, burst: 10, ratio },
})

describe('the gate', () => {
  it('BENCH-4 looks at both of Parley’s fan-outs, beside C and ws, single and in bursts', () => {
    const points = ['Parley channels', 'Parley hub', 'C, each', 'C, coalesced', 'ws, each'].flatMap(
      (name, at) =>
        [1, 10].map((burst) => ({
          ...{ name, members: 200, burst, micros: spreadOf([at + 1]), runs: [at + 1] },
          ...{ deliveriesPerSecond: 0, p50: 0, p99: 0, loadShare: 0 },
        })),
    )
    const ratios = gateRatiosOf(points)
    expect(ratios).toHaveLength(8)
    expect(ratios[0]).toEqual({
      ...{ own: 'Parley channels', other: 'C, each', members: 200, burst: 1, ratio: 1 / 3 },
    })
    expect(() => gateRatiosOf(points.slice(2))).toThrow('was not measured')
  })

  it('BENCH-4 passes what lost up to 15 %, and tells what lost more', () => {
    const stored = [ratioOf('a', 1), ratioOf('b', 2)]
    expect(lossesOf(stored, [ratioOf('a', 1.15), ratioOf('b', 0.5)])).toEqual([])
    const losses = lossesOf(stored, [ratioOf('a', 1), ratioOf('b', 2.31)])
    expect(losses).toEqual([{ name: 'Parley hub to b, bursts of 10, 200 members', before: 2, now: 2.31 }])
  })

  it('BENCH-4 passes nothing that is only stored or only measured', () => {
    expect(lossesOf([ratioOf('a', 1)], []).map(({ now }) => now)).toEqual([Number.POSITIVE_INFINITY])
    expect(lossesOf([], [ratioOf('a', 1)]).map(({ before }) => before)).toEqual([0])
  })

  it('BENCH-4 fails for what shows each time alone', () => {
    const loss = (name: string) => ({ name, before: 1, now: 2 })
    expect(lastingLosses([])).toEqual([])
    expect(lastingLosses([[loss('a'), loss('b')], [loss('b')]])).toEqual([loss('b')])
    expect(lastingLosses([[loss('a')], [loss('b')], [loss('a'), loss('b')]])).toEqual([])
  })
})
