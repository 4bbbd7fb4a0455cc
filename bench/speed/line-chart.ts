import { at, COLOURS, drawing, short, text } from './svg.ts'

export interface Series {
  readonly name: string
  /** x and y; x rises. */
  readonly points: readonly (readonly [number, number])[]
}

export interface LineChart {
  readonly title: string
  readonly xTitle: string
  readonly yTitle: string
  /** Powers of ten lie equally far apart. */
  readonly isLogarithmic: boolean
  readonly series: readonly Series[]
}

const WIDTH = 720
const HEIGHT = 360
const LEFT = 70
const RIGHT = 190
const TOP = 60
const BOTTOM = 50
const LINES = 4

/** The next of 1, 2, 2.5 and 5 times a power of ten. */
const roundUp = (value: number): number => {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 2.5, 5].find((step) => step * power >= value) ?? 10) * power
}

/** Lines from 0 upwards, each with its name at its end. */
export const lineChartOf = ({ title, xTitle, yTitle, isLogarithmic, series }: LineChart): string => {
  const xs = [...new Set(series.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b)
  const scale = (x: number): number => (isLogarithmic ? Math.log10(x) : x)
  const [least, most] = [isLogarithmic ? scale(xs[0]!) : 0, scale(xs.at(-1)!)]
  const top = roundUp(Math.max(...series.flatMap(({ points }) => points.map(([, y]) => y))))
  const left = (x: number): number =>
    LEFT + (most > least ? (scale(x) - least) / (most - least) : 1) * (WIDTH - LEFT - RIGHT)
  const height = (y: number): number => HEIGHT - BOTTOM - (y / top) * (HEIGHT - TOP - BOTTOM)
  const grid = Array.from({ length: LINES + 1 }, (_, index) => (top * index) / LINES).flatMap((y) => [
    `<path d="M${LEFT} ${at(height(y))}H${WIDTH - RIGHT}" stroke="#e2e8f0"/>`,
    text(LEFT - 8, height(y) + 4, short(y), 'text-anchor="end"'),
  ])
  const ticks = xs.map((x) => text(left(x), HEIGHT - BOTTOM + 18, short(x), 'text-anchor="middle"'))
  const ends = placesOf(series.map(({ points }) => height(points.at(-1)![1])))
  const lines = series.flatMap(({ name, points }, index) => {
    const colour = COLOURS[index % COLOURS.length]!
    const [lastX] = points.at(-1)!
    return [
      `<polyline points="${points.map(([x, y]) => `${at(left(x))},${at(height(y))}`).join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...points.map(
        ([x, y]) => `<circle cx="${at(left(x))}" cy="${at(height(y))}" r="3.5" fill="${colour}"/>`,
      ),
      text(left(lastX) + 10, ends[index]! + 4, name, `fill="${colour}"`),
    ]
  })
  return drawing({ width: WIDTH, height: HEIGHT, title }, [
    ...[...grid, ...ticks, ...lines],
    text(LEFT, TOP - 16, yTitle),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, xTitle, 'text-anchor="middle"'),
  ])
}

const LINE_HEIGHT = 15

/** Where names go, so that none is on another. */
const placesOf = (wanted: readonly number[]): number[] => {
  const places = [...wanted]
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]!)
  for (const [place, index] of order.entries()) {
    const above = order[place - 1]
    if (above !== undefined) places[index] = Math.max(places[index]!, places[above]! + LINE_HEIGHT)
  }
  return places
}
