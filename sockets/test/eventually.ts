/** Waits until a condition holds; fails after `limit` milliseconds and says what was waited for. */
export async function eventually(what: string, holds: () => boolean, limit = 5_000): Promise<void> {
  const end = performance.now() + limit
  while (!holds()) {
    if (performance.now() > end) throw new Error(`Never happened within ${limit} ms: ${what}`)
    await pause(5)
  }
}

/** Resolves after so many milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
