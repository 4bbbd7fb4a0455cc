import type { WriteOutcome } from '@parley/core'
import type { Database, Statement } from 'better-sqlite3'
import { Appender } from './appender.ts'
import { ChannelAppender } from './channel-appender.ts'
import { ChannelWriter } from './channel-writer.ts'
import { DirectOpener } from './direct-opener.ts'
import { Heads } from './heads.ts'
import { MentionWriter } from './mention-writer.ts'
import { MessageChanger } from './message-changer.ts'
import { MessageLog } from './message-log.ts'
import { ReceiptWriter } from './receipt-writer.ts'
import { Roles } from './roles.ts'
import { RoomWriter } from './room-writer.ts'
import { Statements } from './statements.ts'
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

/** Applies batches: each one transaction, all or nothing, on disk when `commit` returns. */
export class Committer {
  readonly #db: Database
  readonly #heads: Heads
  readonly #directs: DirectOpener
  readonly #appender: Appender
  readonly #channelAppender: ChannelAppender
  readonly #receipts: ReceiptWriter
  readonly #changer: MessageChanger
  readonly #channels: ChannelWriter
  readonly #rooms: RoomWriter
  readonly #views: Statements
  readonly #touch: Statement
  readonly #begin: Statement
  readonly #end: Statement

  constructor(db: Database) {
    this.#db = db
    this.#heads = new Heads(db)
    const log = new MessageLog(db, this.#heads)
    const mentions = new MentionWriter(db)
    const roles = new Roles(db)
    this.#directs = new DirectOpener(db, this.#heads)
    this.#appender = new Appender(this.#heads, log, this.#directs)
    this.#channelAppender = new ChannelAppender(db, this.#heads, log, mentions)
    this.#receipts = new ReceiptWriter(db, this.#heads)
    this.#changer = new MessageChanger(db, this.#heads, roles, mentions)
    this.#channels = new ChannelWriter(db, this.#heads, roles, mentions, this.#directs)
    this.#rooms = new RoomWriter(db)
    this.#views = new Statements(db)
    this.#touch = db.prepare(WRITE.touch)
    this.#begin = db.prepare('begin immediate')
    this.#end = db.prepare('commit')
  }

  commit(ops: readonly OpTuple[]): OutcomeTuple[] {
    this.#begin.run()
    try {
      this.#heads.begin()
      const outcomes = ops.map((op) => this.#apply(op))
      this.#heads.flush()
      this.#end.run()
      return outcomes
    } catch (error) {
      this.#heads.forget()
      // Some failures (a full disk) roll back by themselves.
      if (this.#db.inTransaction) this.#db.exec('rollback')
      throw error
    }
  }

  #apply(op: OpTuple): OutcomeTuple {
    switch (op[0]) {
      case OP.append:
        return this.#appender.append(op)
      case OP.appendToChannel:
        return this.#channelAppender.append(op)
      case OP.receipt:
        return this.#receipts.advance(op)
      case OP.touch:
        this.#touch.run(op[1], op[2])
        return DONE
      case OP.openDirect:
        return this.#openDirect(op)
      case OP.rare:
        return [OUTCOME.rare, this.#applyRare(op[1])]
    }
  }

  #applyRare(op: RareOp): WriteOutcome {
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

  #openDirect([, op, directKey, view]: OpenDirectTuple): OutcomeTuple {
    const { newConversationId: id, userId: a, peerId: b, at } = op
    const isNew = this.#heads.find(directKey) === undefined
    if (isNew) this.#directs.open({ id, directKey, a, b, at, lastOrd: this.#directs.takeOrd() })
    // The query reads the row: what the batch moved is written first.
    this.#heads.flush()
    return [OUTCOME.opened, this.#views.query(view.sql, view.values), isNew]
  }
}
