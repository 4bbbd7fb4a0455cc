const MAX_ROUNDS = 100_000
const ENOUGH = 1e-12

/**
 * The coefficients, none below 0, for which `features · coefficients` is nearest to `targets`, each row measured against its
 * target, or against `least` where that is more: a row of 0.1 counts as much as one of 10. By coordinate descent, as the problem is convex and small.
 */
export const fitNonNegative = (
  features: readonly (readonly number[])[],
  targets: readonly number[],
  least: number,
): readonly number[] => {
  const width = features[0]?.length ?? 0
  if (features.length !== targets.length || features.length < width)
    throw new Error(`${features.length} rows cannot tell ${width} coefficients`)
  const weights = targets.map((target) => 1 / Math.max(target, least))
  const rows = features.map((row, index) => row.map((value) => value * weights[index]!))
  // Columns of one size: they differ by orders of magnitude.
  const sizes = Array.from({ length: width }, (_, column) =>
    Math.hypot(...rows.map((row) => row[column]!), Number.MIN_VALUE),
  )
  const scaled = rows.map((row) => row.map((value, column) => value / sizes[column]!))
  const found = new Array<number>(width).fill(0)
  const rest = targets.map((target, index) => target * weights[index]!)
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    let moved = 0
    for (let column = 0; column < width; column += 1) {
      const slope = scaled.reduce((sum, row, index) => sum + row[column]! * rest[index]!, 0)
      const next = Math.max(0, found[column]! + slope)
      const step = next - found[column]!
      if (step === 0) continue
      found[column] = next
      for (let index = 0; index < rest.length; index += 1) rest[index]! -= step * scaled[index]![column]!
      moved = Math.max(moved, Math.abs(step))
    }
    if (moved < ENOUGH) break
  }
  return found.map((value, column) => value / sizes[column]!)
}
