import type { WriteOutcome } from '@parley/core'
import { Appender } from './appender.ts'
import { ChannelAppender } from './channel-appender.ts'
import { ChannelWriter } from './channel-writer.ts'
import { DirectOpener } from './direct-opener.ts'
import { Heads } from './heads.ts'
import { MessageChanger } from './message-changer.ts'
import { MessageLog } from './message-log.ts'
import { ReceiptWriter } from './receipt-writer.ts'
import { RoomWriter } from './room-writer.ts'
import { rowSet, run, type Work } from './work.ts'
import type { WriteFlavour } from './write-flavour.ts'
import {
  OP,
  type OpenDirectTuple,
  type OpTuple,
  OUTCOME,
  type OutcomeTuple,
  type RareOp,
} from './write-protocol.ts'
import { WRITE } from './write-statements.ts'

const DONE: OutcomeTuple = [OUTCOME.done]

/** What every op does, for both databases: one op after the other, inside the batch's transaction. */
export class OpWriter {
  readonly heads: Heads
  readonly #directs: DirectOpener
  readonly #appender: Appender
  readonly #channelAppender: ChannelAppender
  readonly #receipts: ReceiptWriter
  readonly #changer: MessageChanger
  readonly #channels: ChannelWriter
  readonly #rooms: RoomWriter

  constructor(flavour: WriteFlavour) {
    this.heads = new Heads(flavour)
    const log = new MessageLog(this.heads)
    this.#directs = new DirectOpener(this.heads, flavour)
    this.#appender = new Appender(this.heads, log, this.#directs)
    this.#channelAppender = new ChannelAppender(this.heads, log)
    this.#receipts = new ReceiptWriter(this.heads, flavour)
    this.#changer = new MessageChanger(this.heads, flavour)
    this.#channels = new ChannelWriter(this.heads, this.#directs, flavour)
    this.#rooms = new RoomWriter(flavour)
  }

  apply(op: OpTuple): Work<OutcomeTuple> {
    switch (op[0]) {
      case OP.append:
        return this.#appender.append(op)
      case OP.appendToChannel:
        return this.#channelAppender.append(op)
      case OP.receipt:
        return this.#receipts.advance(op)
      case OP.touch:
        return this.#touch(op[1], op[2])
      case OP.openDirect:
        return this.#openDirect(op)
      case OP.rare:
        return this.#rare(op[1])
    }
  }

  *#touch(userId: string, at: number): Work<OutcomeTuple> {
    yield* run(WRITE.touch, userId, at)
    return DONE
  }

  *#rare(op: RareOp): Work<OutcomeTuple> {
    return [OUTCOME.rare, yield* this.#applyRare(op)]
  }

  #applyRare(op: RareOp): Work<WriteOutcome> {
    switch (op.kind) {
      case 'edit-message':
      case 'delete-message':
      case 'react':
        return this.#changer.change(op)
      case 'create-channel':
        return this.#channels.create(op)
      case 'update-channel':
      case 'add-members':
      case 'remove-member':
      case 'set-role':
        return this.#channels.change(op)
      default:
        return this.#rooms.apply(op)
    }
  }

  *#openDirect([, op, directKey, view]: OpenDirectTuple): Work<OutcomeTuple> {
    const { newConversationId: id, userId: a, peerId: b, at } = op
    const isNew = (yield* this.heads.find(directKey)) === undefined
    if (isNew) yield* this.#directs.open({ id, directKey, a, b, at, lastOrd: yield* this.#directs.takeOrd() })
    // The query reads the row: what the batch moved is written first.
    yield* this.heads.flush()
    return [OUTCOME.opened, yield* rowSet(view.sql, view.values), isNew]
  }
}
