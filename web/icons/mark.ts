/** The mark of Parley, a speech bubble that is a P, in a square of 512. */
export const MARK = {
  side: 512,
  corner: 116,
  ink: [0x31, 0x57, 0xcb],
  bubble: { x: 271, y: 238, radius: 150 },
  /** A triangle whose corners are rounded by `round`. */
  tail: {
    points: [
      [139, 238],
      [139, 410],
      [262, 361],
    ],
    round: 18,
  },
  dots: { y: 238, xs: [205, 271, 337], radius: 23 },
} as const

const hex = (colour: readonly number[]): string =>
  `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`

export const toSvg = (): string => {
  const { side, corner, ink, bubble, tail, dots } = MARK
  const colour = hex(ink)
  const path = `M${tail.points.map((point) => point.join(' ')).join('L')}z`
  const circles = dots.xs.map((x) => `<circle cx="${x}" cy="${dots.y}" r="${dots.radius}"/>`).join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}"><title>Parley</title><rect width="${side}" height="${side}" rx="${corner}" fill="${colour}"/><circle cx="${bubble.x}" cy="${bubble.y}" r="${bubble.radius}" fill="#fff"/><path d="${path}" fill="#fff" stroke="#fff" stroke-width="${2 * tail.round}" stroke-linejoin="round"/><g fill="${colour}">${circles}</g></svg>\n`
}
