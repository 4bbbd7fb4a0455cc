import type { DirectOpener } from './direct-opener.ts'
import type { Head, Heads } from './heads.ts'
import { type Draft, digestOf, type MessageLog } from './message-log.ts'
import type { Work } from './work.ts'
import { type AppendTuple, OUTCOME, type OutcomeTuple } from './write-protocol.ts'

/** Appends to direct conversations, inside the batch's transaction. One statement for a message of a known conversation. */
export class Appender {
  readonly #heads: Heads
  readonly #log: MessageLog
  readonly #directs: DirectOpener

  constructor(heads: Heads, log: MessageLog, directs: DirectOpener) {
    this.#heads = heads
    this.#log = log
    this.#directs = directs
  }

  *append(op: AppendTuple): Work<OutcomeTuple> {
    const [, directKey, messageId, , senderId, receiverId, type, content, clientId, parentId, createdAt] = op
    const digest = clientId === null ? null : digestOf(receiverId, type, content, parentId)
    const draft = {
      messageId,
      senderId,
      peerId: receiverId,
      type,
      content,
      clientId,
      parentId,
      createdAt,
      digest,
    } satisfies Draft
    const known = this.#heads.known(directKey) ?? (yield* this.#heads.find(directKey))
    // Where something would be written or refused before the insert could tell of a repeat, it is looked up first.
    if (known === undefined || parentId !== null) {
      const earlier = yield* this.#log.earlier(draft, known?.id)
      if (earlier !== undefined) return earlier
      if (parentId !== null && !(yield* this.#log.hasParent(known, parentId))) return [OUTCOME.parentNotFound]
    }
    const head = known ?? (yield* this.#open(op))
    const added = yield* this.#log.add(head, draft)
    return added === true ? [OUTCOME.appended, head.id, head.seq, head.rev] : added
  }

  #open([, directKey, , id, a, b, , , , , at]: AppendTuple): Work<Head> {
    return this.#directs.open({ id, directKey, a, b, at, lastOrd: 0 })
  }
}
