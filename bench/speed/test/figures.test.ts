import { describe, expect, it } from 'vitest'
import type { FanOutPoint } from '../fan-out.ts'
import { fanOutRatio } from '../fan-out.ts'
import { median, micros, ratioOf, spreadOf } from '../figures.ts'
import { metricOf } from '../metric.ts'

/** A point of these runs; what the comparison does not look at is 0. */
const pointOf = (name: string, burst: number, runs: readonly number[], members = 200): FanOutPoint => ({
  ...{ name, members, burst, micros: spreadOf(runs), runs },
  ...{ deliveriesPerSecond: 0, p50: 0, p99: 0, loadShare: 0 },
})

describe('figures of several runs', () => {
  it('BENCH-2 are told by their middle, least and most', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(() => median([])).toThrow('no median')
    expect(spreadOf([5, 1, 9])).toEqual({ median: 5, least: 1, most: 9 })
    expect([0.4444, 4.444, 44.44].map(micros)).toEqual(['0.444', '4.44', '44.4'])
  })

  it('BENCH-2 are compared run by run: a machine that was slow for a while slowed both', () => {
    expect(ratioOf([2, 20, 2], [1, 10, 1])).toBe(2)
    // The ratio of the medians would be 1.
    expect(ratioOf([2, 4, 8], [1, 2, 4])).toBe(2)
    expect(() => ratioOf([1, 2], [1])).toThrow('pairs')
    const points = [pointOf('a', 1, [2, 4]), pointOf('b', 1, [1, 1]), pointOf('b', 10, [9, 9])]
    expect(fanOutRatio(points, ['a', 'b'], { members: 200, burst: 1 })).toBe(3)
    expect(fanOutRatio(points, ['a', 'b'], { members: 200, burst: 10 })).toBeNull()
  })

  it('BENCH-2 come out of what a server tells of itself, summed over its labels', () => {
    const text =
      '# HELP a some\na{kind="x",how="1"} 2\na{kind="y"} 0.5\nab 7\nb 3\nparley_nothing{quantile="1"} 9'
    expect(metricOf(text, 'a')).toBe(2.5)
    expect(metricOf(text, 'a', ['kind="x"'])).toBe(2)
    expect(metricOf(text, 'b')).toBe(3)
    expect(metricOf(text, 'c')).toBe(0)
  })
})
