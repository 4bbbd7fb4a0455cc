import { createHash } from 'node:crypto'
import type { SqlValue } from './worker-protocol.ts'

const SIZE = 2n ** 256n

/**
 * A checksum of rows that does not hang on their order: the sum of the SHA-256 of each. Two sets of rows have the same one only
 * when they hold the same rows, each as often.
 */
export class RowDigest {
  #sum = 0n
  #count = 0

  add(values: readonly SqlValue[]): void {
    const hash = createHash('sha256').update(JSON.stringify(values)).digest('hex')
    this.#sum = (this.#sum + BigInt(`0x${hash}`)) % SIZE
    this.#count += 1
  }

  get count(): number {
    return this.#count
  }

  /** 64 hexadecimal digits. */
  get sum(): string {
    return this.#sum.toString(16).padStart(64, '0')
  }
}
