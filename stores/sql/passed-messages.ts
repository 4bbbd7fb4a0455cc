import type { PassedTuple } from './write-protocol.ts'

/** The newest `most` of each author, of messages newest first; ascending. */
export function newestOfEach(passed: readonly PassedTuple[], most: number): PassedTuple[] {
  const counts = new Map<string, number>()
  const kept = passed.filter(([, authorId]) => {
    const count = (counts.get(authorId) ?? 0) + 1
    counts.set(authorId, count)
    return count <= most
  })
  return kept.reverse()
}
