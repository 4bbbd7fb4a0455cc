import type { HeadRow } from './heads.ts'
import type { DigestedRow } from './message-log.ts'
import { OpWriter } from './op-writer.ts'
import { PostgresBatch, pairKey } from './postgres-batch.ts'
import { POSTGRES_FLAVOUR } from './postgres-flavour.ts'
import type { PostgresConnection } from './postgres-pool.ts'
import type { CursorRow } from './receipt-writer.ts'
import {
  type AppendTuple,
  type ChannelAppendTuple,
  OP,
  type OpTuple,
  type OutcomeTuple,
  type ReceiptTuple,
  type TouchTuple,
} from './write-protocol.ts'
import { MAX_PASSED, MESSAGE, WRITE } from './write-statements.ts'

/** Ops that come often, of which many are written at once. */
type CommonTuple = AppendTuple | ChannelAppendTuple | ReceiptTuple | TouchTuple

interface PlaceRow {
  readonly id: string
  readonly conversation_id: string
  readonly sender_id: string
  readonly seq: number
}

interface PassedRow {
  readonly place: number
  readonly id: string
  readonly sender_id: string
  readonly seq: number
}

const FIND_PLACES = 'select id, conversation_id, sender_id, seq from messages where id = any($1)'
/** In the order of their ids, so that no two batches wait for each other. */
const LOCK_HEADS = `select id, direct_key, seq, rev, last_ord, archived_at from conversations
  where id = any($1) or direct_key = any($2) order by id for no key update`
const FIND_MESSAGES = `select ${MESSAGE}, client_digest from messages where id = any($1)`
const FIND_BY_CLIENT_IDS = `select ${MESSAGE}, client_digest from messages
  where (sender_id, client_message_id) in (select * from unnest($1::text[], $2::text[]))`
const FIND_MEMBERS = `select conversation_id, user_id from members
  where (conversation_id, user_id) in (select * from unnest($1::text[], $2::text[]))`
const TAKE_ORDS = `select nextval('messages_ord_seq') as ord from generate_series(1, $1::bigint)`
const FIND_CURSORS = `select m.conversation_id, m.user_id, m.peer_id, m.delivered_seq, m.read_seq, c.seq, c.member_count,
    c.best_delivered_seq, c.best_delivered_by, c.second_delivered_seq,
    c.best_read_seq, c.best_read_by, c.second_read_seq
  from members m join conversations c on c.id = m.conversation_id
  where (m.conversation_id, m.user_id) in (select * from unnest($1::text[], $2::text[])) for no key update of m`
const LIST_PASSED = `select v.place, x.id, x.sender_id, x.seq
  from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) with ordinality as v (conversation, sender, low, high, place)
  cross join lateral (select id, sender_id, seq from messages
    where conversation_id = v.conversation and sender_id = v.sender and seq > v.low and seq <= v.high
    order by seq desc limit ${MAX_PASSED}) as x
  order by v.place, x.seq desc`

/**
 * Applies one batch inside a transaction of PostgreSQL. Every conversation it touches is locked first, in the order of their ids;
 * then the ops run in their order over what was read for all of them at once.
 */
export class PostgresCommitter {
  readonly #writer = new OpWriter(POSTGRES_FLAVOUR)
  readonly #batch: PostgresBatch
  readonly #places = new Map<string, PlaceRow>()

  constructor(connection: PostgresConnection) {
    this.#batch = new PostgresBatch(connection, POSTGRES_FLAVOUR.lock)
  }

  async apply(ops: readonly OpTuple[]): Promise<OutcomeTuple[]> {
    await this.#lock(ops)
    const outcomes: OutcomeTuple[] = []
    for (let index = 0; index < ops.length; ) {
      const end = endOfCommon(ops, index)
      if (end === index) {
        outcomes[index] = await this.#batch.drive(this.#writer.apply(ops[index]!))
        this.#batch.forget()
        index += 1
      } else {
        await this.#applyCommon(ops.slice(index, end) as CommonTuple[], index, outcomes)
        index = end
      }
    }
    await this.#batch.drive(this.#writer.heads.flush())
    await this.#batch.flush()
    return outcomes
  }

  async #lock(ops: readonly OpTuple[]): Promise<void> {
    const messageIds = new Set(ops.flatMap(messageOf))
    if (messageIds.size > 0) {
      const places = await this.#batch.rows<PlaceRow>(FIND_PLACES, [[...messageIds]])
      for (const place of places) this.#places.set(place.id, place)
    }
    const ids = new Set([...this.#places.values()].map((place) => place.conversation_id))
    const keys = new Set<string>()
    for (const op of ops) {
      const { id, directKey } = conversationOf(op)
      if (id !== null) ids.add(id)
      if (directKey !== null) keys.add(directKey)
    }
    if (ids.size === 0 && keys.size === 0) return
    const heads = await this.#batch.rows<HeadRow>(LOCK_HEADS, [[...ids], [...keys]])
    for (const head of heads) await this.#batch.drive(this.#writer.heads.load(head))
  }

  /** Ops that come often, in the order in which each has the effect it has in the order given. */
  async #applyCommon(ops: readonly CommonTuple[], offset: number, outcomes: OutcomeTuple[]): Promise<void> {
    const appends = ops.filter(isAppend)
    const receipts = ops.filter(isReceipt)
    if (appends.length > 0) await this.#readForAppends(appends)
    if (receipts.length > 0) await this.#readForReceipts(receipts)
    const later: number[] = []
    // Before any op makes a conversation, and thereby its id known.
    const keys = ops.map((op) => this.#keyOf(op))
    const lastAppend = new Map<string, number>()
    for (const [index, op] of ops.entries()) if (isAppend(op)) lastAppend.set(keys[index]!, index)
    for (const [index, op] of ops.entries()) {
      // A receipt waits for what is appended elsewhere: then all messages are written at once.
      if (isReceipt(op) && (lastAppend.get(keys[index]!) ?? -1) < index) later.push(index)
      else outcomes[offset + index] = await this.#batch.drive(this.#writer.apply(op))
    }
    if (later.length === 0) return
    await this.#batch.flush()
    await this.#readPassed(later.map((index) => ops[index] as ReceiptTuple))
    for (const index of later)
      outcomes[offset + index] = await this.#batch.drive(this.#writer.apply(ops[index]!))
  }

  async #readForAppends(appends: readonly (AppendTuple | ChannelAppendTuple)[]): Promise<void> {
    const batch = this.#batch
    const ids = new Set(appends.flatMap((op) => [messageIdOf(op), parentIdOf(op) ?? []].flat()))
    const byId = new Map(
      (await batch.rows<DigestedRow>(FIND_MESSAGES, [[...ids]])).map((row) => [row.id, row]),
    )
    for (const id of ids) batch.knowMessage(id, byId.get(id) ?? null)
    const claims = appends.flatMap((op) => {
      const clientId = clientIdOf(op)
      return clientId === null ? [] : [[senderOf(op), clientId] as const]
    })
    if (claims.length > 0) {
      const columns = [claims.map(([sender]) => sender), claims.map(([, clientId]) => clientId)]
      const rows = await batch.rows<DigestedRow>(FIND_BY_CLIENT_IDS, columns)
      const found = new Map(rows.map((row) => [pairKey(row.sender_id, row.client_message_id), row]))
      for (const [sender, id] of claims)
        batch.knowByClientId(sender, id, found.get(pairKey(sender, id)) ?? null)
    }
    await this.#readMembers(
      appends.flatMap((op) =>
        op[0] === OP.append ? [] : [op[3], ...op[7]].map((userId) => [op[1], userId] as const),
      ),
    )
    const ords = await batch.rows<{ ord: number }>(TAKE_ORDS, [appends.length])
    batch.giveOrds(ords.map(({ ord }) => ord))
  }

  async #readForReceipts(receipts: readonly ReceiptTuple[]): Promise<void> {
    const pairs = receipts.flatMap((op) => {
      const conversationId = this.#conversationIdOf(op)
      return conversationId === undefined ? [] : [[conversationId, op[1]] as const]
    })
    if (pairs.length === 0) return
    for (const place of this.#places.values()) this.#batch.knowRow(WRITE.findPlace, [place.id], place)
    const columns = [pairs.map(([id]) => id), pairs.map(([, userId]) => userId)]
    type Row = CursorRow & { conversation_id: string; user_id: string }
    const rows = await this.#batch.rows<Row>(FIND_CURSORS, columns)
    for (const [id, userId] of pairs) this.#batch.knowMember(id, userId, false)
    for (const { conversation_id: id, user_id: userId, ...cursors } of rows) {
      this.#batch.knowMember(id, userId, true)
      this.#batch.knowCursors(id, userId, cursors)
    }
  }

  async #readMembers(pairs: readonly (readonly [conversationId: string, userId: string])[]): Promise<void> {
    if (pairs.length === 0) return
    const columns = [pairs.map(([id]) => id), pairs.map(([, userId]) => userId)]
    type Row = { conversation_id: string; user_id: string }
    const rows = await this.#batch.rows<Row>(FIND_MEMBERS, columns)
    const found = new Set(rows.map((row) => pairKey(row.conversation_id, row.user_id)))
    for (const [id, userId] of pairs) this.#batch.knowMember(id, userId, found.has(pairKey(id, userId)))
  }

  /** What receipts in direct conversations pass, as far as it can be told before; what cannot is asked for one by one. */
  async #readPassed(receipts: readonly ReceiptTuple[]): Promise<void> {
    const asked = receipts.flatMap((op) => {
      const id = this.#conversationIdOf(op)
      const row = id === undefined ? undefined : this.#batch.cursorsOf(id, op[1])
      if (id === undefined || row === undefined || row.peer_id === null) return []
      const head = this.#writer.heads.knownById(id)?.seq ?? row.seq
      const upTo = op[6] === null ? op[5] : (this.#places.get(op[6])?.seq ?? 0)
      const from = op[4] ? row.read_seq : row.delivered_seq
      const target = upTo === null ? head : Math.min(head, Math.floor(upTo))
      return target > from ? [[id, row.peer_id, from, target] as const] : []
    })
    if (asked.length === 0) return
    const columns = ([0, 1, 2, 3] as const).map((column) => asked.map((values) => values[column]))
    const found = new Map<number, PassedRow[]>()
    for (const row of await this.#batch.rows<PassedRow>(LIST_PASSED, columns)) {
      const list = found.get(row.place) ?? []
      list.push(row)
      found.set(row.place, list)
    }
    for (const [index, values] of asked.entries()) {
      this.#batch.knowRows(WRITE.listPassed, [...values, MAX_PASSED], found.get(index + 1) ?? [])
    }
  }

  #conversationIdOf([, , id, directKey, , , ofMessage]: ReceiptTuple): string | undefined {
    if (ofMessage !== null) return this.#places.get(ofMessage)?.conversation_id
    return id ?? (directKey === null ? undefined : this.#writer.heads.known(directKey)?.id)
  }

  /** The conversation that an op is about: two ops with different keys are about different ones. */
  #keyOf(op: CommonTuple): string {
    if (op[0] === OP.touch) return ''
    if (op[0] === OP.append) return this.#writer.heads.known(op[1])?.id ?? op[1]
    if (op[0] === OP.appendToChannel) return op[1]
    return this.#conversationIdOf(op) ?? op[3] ?? ''
  }
}

const isAppend = (op: OpTuple): op is AppendTuple | ChannelAppendTuple =>
  op[0] === OP.append || op[0] === OP.appendToChannel

const isReceipt = (op: OpTuple): op is ReceiptTuple => op[0] === OP.receipt

/** Where the ops that come often end, from here on. */
function endOfCommon(ops: readonly OpTuple[], start: number): number {
  let end = start
  while (end < ops.length && (isAppend(ops[end]!) || isReceipt(ops[end]!) || ops[end]![0] === OP.touch))
    end += 1
  return end
}

const messageIdOf = (op: AppendTuple | ChannelAppendTuple): string => op[2]
const parentIdOf = (op: AppendTuple | ChannelAppendTuple): string | null =>
  op[0] === OP.append ? op[9] : op[6]
const clientIdOf = (op: AppendTuple | ChannelAppendTuple): string | null =>
  op[0] === OP.append ? op[8] : op[5]
const senderOf = (op: AppendTuple | ChannelAppendTuple): string => (op[0] === OP.append ? op[4] : op[3])

/** The message that names an op's conversation. */
function messageOf(op: OpTuple): readonly string[] {
  if (op[0] === OP.receipt) return op[6] === null ? [] : [op[6]]
  return op[0] === OP.rare && 'messageId' in op[1] ? [op[1].messageId] : []
}

function conversationOf(op: OpTuple): { readonly id: string | null; readonly directKey: string | null } {
  switch (op[0]) {
    case OP.append:
      return { id: null, directKey: op[1] }
    case OP.appendToChannel:
      return { id: op[1], directKey: null }
    case OP.receipt:
      return { id: op[2], directKey: op[3] }
    case OP.openDirect:
      return { id: null, directKey: op[2] }
    case OP.rare:
      return { id: 'channelId' in op[1] ? op[1].channelId : null, directKey: null }
    case OP.touch:
      return { id: null, directKey: null }
  }
}
