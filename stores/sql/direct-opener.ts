import type { Head, Heads } from './heads.ts'
import { row, run, type Work } from './work.ts'
import type { WriteFlavour } from './write-flavour.ts'
import { WRITE } from './write-statements.ts'

/** Makes the direct conversation of two users, inside the batch's transaction. */
export class DirectOpener {
  readonly #heads: Heads
  readonly #takeOrd: string

  constructor(heads: Heads, { takeOrd }: Pick<WriteFlavour, 'takeOrd'>) {
    this.#heads = heads
    this.#takeOrd = takeOrd
  }

  /** The place among the messages that a conversation takes which is made without one. */
  *takeOrd(): Work<number> {
    return (yield* row<{ ord: number }>(this.#takeOrd))!.ord
  }

  *open(made: {
    id: string
    directKey: string
    a: string
    b: string
    at: number
    lastOrd: number
  }): Work<Head> {
    const { id, directKey, a, b, at, lastOrd } = made
    yield* run(WRITE.addDirect, id, directKey, a === b ? 1 : 2, lastOrd, at)
    // By id, whoever begins: who came first means nothing here.
    const [first, second] = a < b ? [a, b] : [b, a]
    yield* run(WRITE.addDirectMember, id, first, second, at, 1)
    if (first !== second) yield* run(WRITE.addDirectMember, id, second, first, at, 2)
    return yield* this.#heads.remember({ id, directKey, seq: 0, rev: 0, lastOrd, archivedAt: null })
  }
}
