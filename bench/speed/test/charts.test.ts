import { describe, expect, it } from 'vitest'
import { barChartOf } from '../bar-chart.ts'
import { lineChartOf } from '../line-chart.ts'

const attributes = (svg: string, name: string): number[] =>
  [...svg.matchAll(new RegExp(` ${name}="([\\d.-]+)"`, 'g'))].map((match) => Number(match[1]))

/** Width and height of the picture. */
const sizeOf = (svg: string): number[] => /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!.slice(1).map(Number)

describe('the plots', () => {
  it('BENCH-5 bars are as long as their values, each with its name and figure', () => {
    const svg = barChartOf({
      ...{ title: 'a < b', unit: 'µs' },
      groups: [
        {
          title: 'some',
          bars: [
            { name: 'one', value: 10, isOwn: true },
            { name: 'two', value: 5, isOwn: false },
          ],
        },
      ],
    })
    const [, long, half] = attributes(svg, 'width')
    expect(long! / half!).toBeCloseTo(2, 1)
    for (const words of ['>one<', '>two<', '>10<', '>5<', 'a &lt; b', 'some (µs)'])
      expect(svg).toContain(words)
    expect(Math.max(...attributes(svg, 'y'))).toBeLessThan(sizeOf(svg)[1]!)
  })

  it('BENCH-5 lines go through every point inside the picture, and their names do not meet', () => {
    const svg = lineChartOf({
      ...{ title: 'lines', xTitle: 'x', yTitle: 'y', isLogarithmic: true },
      series: [
        {
          name: 'first',
          points: [
            [10, 1],
            [100, 1.1],
            [10_000, 1],
          ],
        },
        {
          name: 'second',
          points: [
            [10, 1],
            [100, 0.9],
            [10_000, 1.01],
          ],
        },
      ],
    })
    const [width, height] = sizeOf(svg) as [number, number]
    expect(attributes(svg, 'cx')).toHaveLength(6)
    expect(attributes(svg, 'cx').every((x) => x > 0 && x < width)).toBe(true)
    expect(attributes(svg, 'cy').every((y) => y > 0 && y < height)).toBe(true)
    // Two powers of ten are twice as far as one.
    const [a, b, c] = attributes(svg, 'cx')
    expect((c! - b!) / (b! - a!)).toBeCloseTo(2, 1)
    const [first, second] = ['first', 'second'].map((name) => {
      return Number(new RegExp(`y="([\\d.]+)" [^>]*>${name}<`).exec(svg)![1])
    })
    expect(Math.abs(first! - second!)).toBeGreaterThanOrEqual(14)
  })
})
