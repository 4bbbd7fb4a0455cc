/** What the drawings have in common. */
export const COLOURS = [
  '#2563eb',
  '#16a34a',
  '#d97706',
  '#dc2626',
  '#7c3aed',
  '#0891b2',
  '#64748b',
  '#be185d',
]

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

export const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${at(x)}" y="${at(y)}" ${more}>${words.replace(/[&<>]/g, (one) => ESCAPES[one]!)}</text>`

/** Enough digits for a place in a picture. */
export const at = (value: number): string => value.toFixed(1)

export const drawing = (
  { width, height, title }: { readonly width: number; readonly height: number; readonly title: string },
  parts: readonly string[],
): string =>
  `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#334155">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(16, 24, title, 'font-size="15" font-weight="bold"'),
    ...parts,
    '</svg>',
  ].join('\n')}\n`

/** Three digits that mean something; thousands as k. */
export const short = (value: number): string => {
  if (value >= 1_000_000) return `${Number((value / 1_000_000).toPrecision(3))} M`
  if (value >= 10_000) return `${Number((value / 1_000).toPrecision(3))} k`
  return String(Number(value.toPrecision(3)))
}
