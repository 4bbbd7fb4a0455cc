import { type Results, TOLERANCE } from './results.ts'

const WIDTH = 720
const HEIGHT = 460
const LEFT = 70
const RIGHT = 20
const TOP = 50
const BOTTOM = 60
/** Of the axes, in seconds of CPU: four powers of ten. */
const FROM = 0.001
const DECADES = 4

const PARTS = [
  { key: 'nodes', name: 'nodes', colour: '#2563eb' },
  { key: 'postgres', name: 'PostgreSQL', colour: '#d97706' },
  { key: 'redis', name: 'Redis', colour: '#16a34a' },
] as const

const share = (seconds: number): number =>
  Math.min(1, Math.max(0, Math.log10(Math.max(seconds, FROM) / FROM) / DECADES))
const x = (seconds: number): number => LEFT + share(seconds) * (WIDTH - LEFT - RIGHT)
const y = (seconds: number): number => HEIGHT - BOTTOM - share(seconds) * (HEIGHT - TOP - BOTTOM)
const at = (value: number): string => value.toFixed(1)

const text = (left: number, top: number, words: string, more = ''): string =>
  `<text x="${at(left)}" y="${at(top)}" ${more}>${words}</text>`

const label = (seconds: number): string => (seconds < 1 ? `${seconds * 1_000} ms` : `${seconds} s`)

/** Measured against predicted, as SVG: on the line they agree. Filled: 3 nodes, which had no part in the fit. */
export const plotOf = (observations: Results['observations']): string => {
  const end = FROM * 10 ** DECADES
  const grid = Array.from({ length: DECADES + 1 }, (_, power) => FROM * 10 ** power).flatMap((seconds) => [
    `<path d="M${at(x(seconds))} ${TOP}V${HEIGHT - BOTTOM}M${LEFT} ${at(y(seconds))}H${WIDTH - RIGHT}" stroke="#e2e8f0"/>`,
    text(x(seconds), HEIGHT - BOTTOM + 18, label(seconds), 'text-anchor="middle"'),
    text(LEFT - 8, y(seconds) + 4, label(seconds), 'text-anchor="end"'),
  ])
  // Parallel, as both axes are logarithmic; cut where they leave the picture.
  const lines = [1, 1 + TOLERANCE, 1 - TOLERANCE].map((factor) => {
    const [first, last] = [FROM * Math.max(1, 1 / factor), end * Math.min(1, 1 / factor)]
    const style = factor === 1 ? '' : 'stroke-dasharray="4 4"'
    return `<path d="M${at(x(first))} ${at(y(first * factor))}L${at(x(last))} ${at(y(last * factor))}" stroke="#64748b" ${style}/>`
  })
  const points = observations.flatMap(({ nodes, cpu, predicted }) =>
    PARTS.map(
      ({ key, colour }) =>
        `<circle cx="${at(x(cpu[key]))}" cy="${at(y(predicted[key]))}" r="5" stroke="${colour}" fill="${nodes === 3 ? colour : '#ffffff'}" fill-opacity="0.8"/>`,
    ),
  )
  const legend = PARTS.flatMap(({ name, colour }, index) => [
    `<circle cx="${LEFT + 10 + index * 110}" cy="30" r="5" stroke="${colour}" fill="${colour}"/>`,
    text(LEFT + 20 + index * 110, 34, name),
  ])
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#334155">`,
    '<title>CPU as measured and as predicted, for nodes, PostgreSQL and Redis</title>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    ...[...grid, ...lines, ...points, ...legend],
    text(
      WIDTH - RIGHT,
      34,
      `filled: 3 nodes, not in the fit; dashed: ${TOLERANCE * 100} % off`,
      'text-anchor="end"',
    ),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 18, 'CPU measured', 'text-anchor="middle"'),
    text(-(TOP + HEIGHT - BOTTOM) / 2, 16, 'CPU predicted', 'text-anchor="middle" transform="rotate(-90)"'),
    '</svg>',
  ].join('\n')}\n`
}
