import type { scopeOf } from './search-text.ts'
import type { Work } from './work.ts'

/** A message as the full-text index takes it. */
export type Indexable = { readonly ord: number; readonly content: string } & Parameters<typeof scopeOf>[0]

/** Where the two databases differ in what the write logic runs. */
export interface WriteFlavour {
  /**
   * Ends a query whose row nobody else may change before the batch is committed: a row lock, or nothing where there is one
   * writer.
   */
  readonly lock: string
  /** Takes the next place among the messages, as `ord`. */
  readonly takeOrd: string
  /** Lets only one batch at a time decide on how many channels somebody is in; null where there is one writer. */
  readonly lockMemberships: string | null
  /** The texts of a list in JSON, to be used after `in`. */
  readonly texts: string
  /** Keeps the full-text index right when a message changes. A new message comes into it with its insert, or later. */
  readonly index: {
    replace(message: Indexable): Work<void>
    remove(ord: number): Work<void>
  }
}
