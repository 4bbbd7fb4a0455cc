import { crc32, deflateSync } from 'node:zlib'
import { MARK } from './mark.ts'

type Point = readonly [x: number, y: number]

export interface RasterOptions {
  /** Pixels a side. */
  readonly size: number
  /** Fills the square and draws the mark smaller, as systems cut such an icon into a shape of their own. */
  readonly isMaskable: boolean
}

/** What of a maskable icon no system cuts away is a circle of 80 %. */
const MASKABLE_SCALE = 0.88
const CENTRE = MARK.side / 2

/** The mark as a PNG. */
export const toPng = ({ size, isMaskable }: RasterOptions): Buffer => {
  const scale = MARK.side / size
  const rows = Buffer.alloc(size * (1 + size * 4))
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const pixel = colourAt([(column + 0.5) * scale, (row + 0.5) * scale], scale, isMaskable)
      rows.set(pixel, row * (1 + size * 4) + 1 + column * 4)
    }
  }
  return encode(size, rows)
}

const colourAt = (at: Point, pixel: number, isMaskable: boolean): readonly number[] => {
  const zoom = isMaskable ? MASKABLE_SCALE : 1
  const point: Point = [CENTRE + (at[0] - CENTRE) / zoom, CENTRE + (at[1] - CENTRE) / zoom]
  const unit = pixel / zoom
  const { bubble, tail, dots } = MARK
  const white = Math.min(
    toCircle(point, [bubble.x, bubble.y], bubble.radius),
    toTriangle(point, tail.points) - tail.round,
  )
  const dot = Math.min(...dots.xs.map((x) => toCircle(point, [x, dots.y], dots.radius)))
  const light = cover(white, unit) * (1 - cover(dot, unit))
  const alpha = isMaskable ? 1 : cover(toSquare(at), pixel)
  return [...MARK.ink.map((part) => Math.round(part + (255 - part) * light)), Math.round(255 * alpha)]
}

/** How much of a pixel lies inside, by its distance from the edge (negative inside). */
const cover = (distance: number, pixel: number): number => Math.min(1, Math.max(0, 0.5 - distance / pixel))

const toCircle = ([x, y]: Point, [cx, cy]: Point, radius: number): number =>
  Math.hypot(x - cx, y - cy) - radius

const toSquare = ([x, y]: Point): number => {
  const inner = CENTRE - MARK.corner
  const [dx, dy] = [Math.abs(x - CENTRE) - inner, Math.abs(y - CENTRE) - inner]
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - MARK.corner
}

/** Negative inside. */
const toTriangle = (point: Point, corners: readonly Point[]): number => {
  const sides = corners.map((from, index) => [from, corners[(index + 1) % corners.length]!] as const)
  const distance = Math.min(...sides.map(([from, to]) => toSegment(point, from, to)))
  const turns = sides.map(([from, to]) =>
    Math.sign((to[0] - from[0]) * (point[1] - from[1]) - (to[1] - from[1]) * (point[0] - from[0])),
  )
  return new Set(turns).size === 1 ? -distance : distance
}

const toSegment = ([x, y]: Point, [fx, fy]: Point, [tx, ty]: Point): number => {
  const [dx, dy] = [tx - fx, ty - fy]
  const along = Math.min(1, Math.max(0, ((x - fx) * dx + (y - fy) * dy) / (dx * dx + dy * dy)))
  return Math.hypot(x - fx - along * dx, y - fy - along * dy)
}

const encode = (size: number, rows: Buffer): Buffer => {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(size, 0)
  head.writeUInt32BE(size, 4)
  // Eight bits a channel, with alpha.
  head.set([8, 6, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const chunk = (name: string, body: Buffer): Buffer => {
  const named = Buffer.concat([Buffer.from(name, 'latin1'), body])
  const out = Buffer.alloc(named.length + 8)
  out.writeUInt32BE(body.length, 0)
  named.copy(out, 4)
  out.writeUInt32BE(crc32(named), out.length - 4)
  return out
}
