import { at, drawing, short, text } from './svg.ts'

export interface Bar {
  readonly name: string
  readonly value: number
  /** Drawn in Parley's colour. */
  readonly isOwn: boolean
}

export interface BarChart {
  readonly title: string
  /** Of the values. */
  readonly unit: string
  /** `unit`: of this group's values, where they are others. */
  readonly groups: readonly {
    readonly title: string
    readonly unit?: string
    readonly bars: readonly Bar[]
  }[]
}

const WIDTH = 720
const LEFT = 150
const RIGHT = 70
const TOP = 44
const BAR = 18
const GAP = 34

/** Bars from the left, in groups below each other; each group has a scale of its own. */
export const barChartOf = ({ title, unit, groups }: BarChart): string => {
  const parts: string[] = []
  let y = TOP
  for (const group of groups) {
    const largest = Math.max(...group.bars.map(({ value }) => value))
    parts.push(text(16, y + 16, `${group.title} (${group.unit ?? unit})`, 'font-weight="bold"'))
    y += 26
    for (const { name, value, isOwn } of group.bars) {
      const length = largest > 0 ? (value / largest) * (WIDTH - LEFT - RIGHT) : 0
      parts.push(
        text(LEFT - 8, y + 13, name, 'text-anchor="end"'),
        `<rect x="${LEFT}" y="${at(y + 2)}" width="${at(length)}" height="${BAR - 4}" fill="${isOwn ? '#2563eb' : '#94a3b8'}"/>`,
        text(LEFT + length + 6, y + 13, short(value)),
      )
      y += BAR
    }
    y += GAP - BAR
  }
  return drawing({ width: WIDTH, height: y, title }, parts)
}
