import type { Row } from './rows.ts'

/**
 * Where the row of a key is. Looked for when it is asked for, and remembered: few are, and an index of all of them would be
 * made anew for every message that comes.
 */
export class RowIndex {
  readonly #rows: readonly Row[]
  readonly #found = new Map<string, number>()

  constructor(rows: readonly Row[]) {
    this.#rows = rows
  }

  /** Undefined: there is no such row. */
  get(key: string): number | undefined {
    const index = this.#found.get(key) ?? this.#rows.findLastIndex((row) => row.key === key)
    this.#found.set(key, index)
    return index < 0 ? undefined : index
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }
}
