/** Middle, least and most of several runs. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

export const median = (values: readonly number[]): number => {
  if (values.length === 0) throw new Error('nothing has no median')
  const sorted = [...values].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

export const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
})

/**
 * The median of the ratios of runs that were made side by side: what slows a machine for a while slows both, and is not seen in it.
 */
export const ratioOf = (own: readonly number[], others: readonly number[]): number => {
  if (own.length !== others.length) throw new Error('runs were not made in pairs')
  return median(own.map((value, index) => value / others[index]!))
}

/** Microseconds with three digits that mean something. */
export const micros = (value: number): string => value.toFixed(value < 1 ? 3 : value < 10 ? 2 : 1)
