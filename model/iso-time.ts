let lastMs = Number.NaN
let lastText = ''

/**
 * A moment (epoch ms) as the wire shows it: ISO 8601 in UTC, with ms. What one turn of the loop encodes is mostly of one ms, so
 * the last text is kept. Throws a RangeError for what is no moment.
 */
export const isoTime = (ms: number): string => {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString()
    lastMs = ms
  }
  return lastText
}
