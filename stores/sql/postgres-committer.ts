import type { HeadRow } from './heads.ts'
import type { DigestedRow } from './message-log.ts'
import {
  type CommonTuple,
  clientIdOf,
  conversationOf,
  endOfCommon,
  isAppend,
  isReceipt,
  messageIdOf,
  messageOf,
  parentIdOf,
  senderOf,
} from './op-parts.ts'
import { OpWriter } from './op-writer.ts'
import { PostgresBatch, pairKey } from './postgres-batch.ts'
import { POSTGRES_FLAVOUR } from './postgres-flavour.ts'
import type { PostgresConnection } from './postgres-pool.ts'
import { type Numbered, nextWave } from './postgres-waves.ts'
import type { CursorRow } from './receipt-writer.ts'
import { MAX_PASSED_SCAN } from './write-limits.ts'
import {
  type AppendTuple,
  type ChannelAppendTuple,
  OP,
  type OpTuple,
  type OutcomeTuple,
  type ReceiptTuple,
} from './write-protocol.ts'
import { MAX_PASSED, MESSAGE, WRITE } from './write-statements.ts'

interface PlaceRow {
  readonly id: string
  readonly conversation_id: string
  readonly sender_id: string
  readonly seq: number
}

interface PassedRow {
  readonly place: number
  readonly conversation: string
  readonly id: string
  readonly sender_id: string
  readonly seq: number
}

const FIND_PLACES = 'select id, conversation_id, sender_id, seq from messages where id = any($1)'
/** In the order of their ids, so that no two batches wait for each other. */
const LOCK_HEADS = `select id, direct_key, seq, rev, last_ord, archived_at from conversations
  where id = any($1) or direct_key = any($2) order by id for no key update`
const FIND_MESSAGES = `select ${MESSAGE}, client_digest from messages where id = any($1)`
/** A lateral look-up for each pair, here and below: by index, whatever the planner thinks of the size of the tables. */
const FIND_BY_CLIENT_IDS = `select x.* from unnest($1::text[], $2::text[]) as v (sender, client)
  cross join lateral (select ${MESSAGE}, client_digest from messages
    where sender_id = v.sender and client_message_id = v.client limit 1) as x`
const FIND_MEMBERS = `select x.* from unnest($1::text[], $2::text[]) as v (conversation, member)
  cross join lateral (select conversation_id, user_id from members
    where conversation_id = v.conversation and user_id = v.member limit 1) as x`
const TAKE_ORDS = `select nextval('messages_ord_seq') as ord from generate_series(1, $1::bigint)`
/** Not locked: whoever moves a cursor holds the row of its conversation. */
const FIND_CURSORS = `select x.* from unnest($1::text[], $2::text[]) as v (conversation, member)
  cross join lateral (select m.conversation_id, m.user_id, m.peer_id, m.delivered_seq, m.read_seq, c.seq, c.member_count,
      c.best_delivered_seq, c.best_delivered_by, c.second_delivered_seq,
      c.best_read_seq, c.best_read_by, c.second_read_seq
    from members m join conversations c on c.id = m.conversation_id
    where m.conversation_id = v.conversation and m.user_id = v.member limit 1) as x`
/** Of each receipt the newest messages that it passes: by the peer of a direct conversation, or by all but its reader. */
const listPassed = (isBySender: '=' | '<>', most: number): string =>
  `select v.place, v.conversation, x.id, x.sender_id, x.seq
  from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) with ordinality as v (conversation, sender, low, high, place)
  cross join lateral (select id, sender_id, seq from messages
    where conversation_id = v.conversation and sender_id ${isBySender} v.sender and seq > v.low and seq <= v.high
    order by seq desc limit ${most}) as x
  order by v.place, x.seq desc`
const LIST_PASSED = listPassed('=', MAX_PASSED)
const LIST_PASSED_IN_CHANNEL = listPassed('<>', MAX_PASSED_SCAN)
const COUNT_PASSED = `select v.place, (select count(*) from messages
    where conversation_id = v.conversation and sender_id = v.sender and seq > v.low and seq <= v.high) as n
  from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) with ordinality as v (conversation, sender, low, high, place)`

/** Longest way of a cursor in a channel of which the messages are read before: longer ones are rare, and long. */
const MAX_GUESSED = 100

/** Where a receipt will move its reader's cursor, most likely. */
interface Guess {
  readonly id: string
  readonly readerId: string
  readonly peerId: string | null
  readonly from: number
  readonly target: number
}

type PassedValues = readonly [conversationId: string, userId: string, from: number, target: number]

const byPeer = ({ id, peerId, from, target }: Guess): PassedValues => [id, peerId ?? '', from, target]
const byReader = ({ id, readerId, from, target }: Guess): PassedValues => [id, readerId, from, target]

const columnsOf = (rows: readonly PassedValues[]) =>
  ([0, 1, 2, 3] as const).map((column) => rows.map((values) => values[column]))

function groupByPlace(rows: readonly PassedRow[]): Map<number, PassedRow[]> {
  const groups = new Map<number, PassedRow[]>()
  for (const row of rows) {
    const group = groups.get(row.place)
    if (group === undefined) groups.set(row.place, [row])
    else group.push(row)
  }
  return groups
}

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

  /** Ops that come often: in as few waves as their order within each conversation lets them. */
  async #applyCommon(ops: readonly CommonTuple[], offset: number, outcomes: OutcomeTuple[]): Promise<void> {
    let left: readonly Numbered[] = ops.map((op, index) => ({ op, index: offset + index }))
    const ords = await this.#takeOrds(left)
    while (left.length > 0) {
      // What is read for all of them is read from the tables.
      await this.#batch.flush()
      const wave = nextWave(
        left,
        (op) => this.#keyOf(op),
        (op) => this.#isPast(op),
      )
      const appends = wave.appends.flatMap(({ op }) => (isAppend(op) ? [op] : []))
      if (appends.length > 0) await this.#readForAppends(appends)
      const receipts = [...wave.early, ...wave.late].flatMap(({ op }) => (isReceipt(op) ? [op] : []))
      if (receipts.length > 0) await this.#readForReceipts(receipts)
      await this.#applyReceipts(wave.early, outcomes)
      for (const { op, index } of wave.appends) {
        this.#batch.giveOrd(ords.get(index))
        outcomes[index] = await this.#batch.drive(this.#writer.apply(op))
      }
      if (wave.late.length > 0) await this.#batch.flush()
      await this.#applyReceipts(wave.late, outcomes)
      left = wave.left
    }
  }

  /** Places among the messages in the order of the batch, whatever the order in which they are used. */
  async #takeOrds(ops: readonly Numbered[]): Promise<ReadonlyMap<number, number>> {
    const appends = ops.filter(({ op }) => isAppend(op))
    if (appends.length === 0) return new Map()
    const rows = await this.#batch.rows<{ ord: number }>(TAKE_ORDS, [appends.length])
    return new Map(appends.map(({ index }, place) => [index, rows[place]!.ord]))
  }

  async #applyReceipts(receipts: readonly Numbered[], outcomes: OutcomeTuple[]): Promise<void> {
    if (receipts.length === 0) return
    await this.#readPassed(receipts.flatMap(({ op }) => (isReceipt(op) ? [op] : [])))
    for (const { op, index } of receipts) outcomes[index] = await this.#batch.drive(this.#writer.apply(op))
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

  /** What receipts pass, as far as it can be told before; what cannot is asked for one by one. */
  async #readPassed(receipts: readonly ReceiptTuple[]): Promise<void> {
    const guesses = receipts.flatMap((op) => this.#guess(op) ?? [])
    const direct = guesses.filter(({ peerId }) => peerId !== null)
    await this.#readLists(LIST_PASSED, WRITE.listPassed, MAX_PASSED, direct.map(byPeer))
    const channels = guesses.filter(
      ({ peerId, target, from }) => peerId === null && target - from <= MAX_GUESSED,
    )
    if (channels.length === 0) return
    const asked = channels.map(byReader)
    const statement = WRITE.listPassedInChannel
    const listed = await this.#readLists(LIST_PASSED_IN_CHANNEL, statement, MAX_PASSED_SCAN, asked)
    await this.#readMembers(listed.map((row) => [row.conversation, row.sender_id] as const))
    const counts = await this.#batch.rows<{ place: number; n: number }>(COUNT_PASSED, columnsOf(asked))
    for (const { place, n } of counts) this.#batch.knowRow(WRITE.countPassed, asked[place - 1]!, { n })
  }

  #guess(op: ReceiptTuple): Guess | undefined {
    const [, readerId, , , isRead, upTo, ofMessage] = op
    const id = this.#conversationIdOf(op)
    const row = id === undefined ? undefined : this.#batch.cursorsOf(id, readerId)
    if (id === undefined || row === undefined) return undefined
    const head = this.#writer.heads.knownById(id)?.seq ?? row.seq
    const wanted = ofMessage === null ? upTo : (this.#places.get(ofMessage)?.seq ?? 0)
    const from = isRead ? row.read_seq : row.delivered_seq
    const target = wanted === null ? head : Math.min(head, Math.floor(wanted))
    return target > from ? { id, readerId, peerId: row.peer_id, from, target } : undefined
  }

  async #readLists(
    sql: string,
    statement: string,
    most: number,
    asked: readonly PassedValues[],
  ): Promise<readonly PassedRow[]> {
    if (asked.length === 0) return []
    const rows = await this.#batch.rows<PassedRow>(sql, columnsOf(asked))
    const found = groupByPlace(rows)
    for (const [index, values] of asked.entries()) {
      this.#batch.knowRows(statement, [...values, most], found.get(index + 1) ?? [])
    }
    return rows
  }

  #conversationIdOf([, , id, directKey, , , ofMessage]: ReceiptTuple): string | undefined {
    if (ofMessage !== null) return this.#places.get(ofMessage)?.conversation_id
    return id ?? (directKey === null ? undefined : this.#writer.heads.known(directKey)?.id)
  }

  /** Is a receipt for what is stored already, so that no append of the batch changes what it does? */
  #isPast(op: CommonTuple): boolean {
    if (!isReceipt(op)) return false
    const id = this.#conversationIdOf(op)
    const upTo = op[6] === null ? op[5] : (this.#places.get(op[6])?.seq ?? null)
    const head = id === undefined ? undefined : this.#writer.heads.knownById(id)
    return head !== undefined && upTo !== null && upTo <= head.seq
  }

  /** The conversation that an op is about: two ops with different keys are about different ones. */
  #keyOf(op: CommonTuple): string {
    if (op[0] === OP.touch) return ''
    if (op[0] === OP.append) return this.#writer.heads.known(op[1])?.id ?? op[1]
    if (op[0] === OP.appendToChannel) return op[1]
    return this.#conversationIdOf(op) ?? op[3] ?? ''
  }
}
