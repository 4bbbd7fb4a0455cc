import { CHANNEL_WRITE } from './channel-statements.ts'
import type { DigestedRow } from './message-log.ts'
import type { PostgresConnection, PostgresValue } from './postgres-pool.ts'
import { tsvectorOf } from './postgres-search.ts'
import { toObjects } from './reader.ts'
import type { CursorRow } from './receipt-writer.ts'
import { scopeOf } from './search-text.ts'
import type { AddStep, Step, Work } from './work.ts'
import type { SqlValue } from './worker-protocol.ts'
import { WRITE } from './write-statements.ts'

/** What `answer` says when only the database knows. */
const UNKNOWN = Symbol('unknown')

/** `?` as PostgreSQL writes it. The statements of the write logic hold no other. */
const numbered = new Map<string, string>()
function withNumbers(sql: string): string {
  const known = numbered.get(sql)
  if (known !== undefined) return known
  let count = 0
  const text = sql.replaceAll('?', () => {
    count += 1
    return `$${count}`
  })
  numbered.set(sql, text)
  return text
}

/** Two ids as one key; neither holds a line break. */
export const pairKey = (a: SqlValue, b: SqlValue): string => `${String(a)}\n${String(b)}`

/** Rows to be written in one statement: each value list is one column. */
class Columns {
  readonly #rows: (readonly SqlValue[])[] = []

  get isEmpty(): boolean {
    return this.#rows.length === 0
  }

  add(row: readonly SqlValue[]): void {
    this.#rows.push(row)
  }

  take(): SqlValue[][] {
    const taken = this.#rows.splice(0)
    return (taken[0] ?? []).map((_, column) => taken.map((row) => row[column]!))
  }
}

/** By key, so that no two batches that make the same conversations wait for each other. */
const ADD_CONVERSATIONS = `insert into conversations (id, kind, direct_key, is_private, member_count, seq, rev, last_ord, created_at)
  select id, 'direct', key, 1, members, 0, 0, ord, at
  from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) as v (id, key, members, ord, at)
  order by key collate "C"`
const ADD_MEMBERS = `insert into members (conversation_id, user_id, peer_id, delivered_seq, read_seq, joined_at, role, join_no)
  select conversation, member, peer, 0, 0, at, 'member', no
  from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) as v (conversation, member, peer, at, no)`
const ADD_FELLOWS = `insert into members (conversation_id, user_id, peer_id, delivered_seq, read_seq, joined_at, role, join_no)
  select conversation, member, null, delivered, seen, at, role, no
  from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[])
    as v (conversation, member, delivered, seen, at, role, no)`
const ADD_MESSAGES = `insert into messages (id, conversation_id, seq, rev, sender_id, type, content, client_message_id,
    client_digest, parent_id, created_at, words, ord)
  select id, conversation, seq, rev, sender, type, content, client, digest, parent, at, words::tsvector, ord
  from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
    $9::text[], $10::text[], $11::bigint[], $12::text[], $13::bigint[])
    as v (id, conversation, seq, rev, sender, type, content, client, digest, parent, at, words, ord)`
const ADD_MENTIONS = `insert into mentions (seq, conversation_id, user_id)
  select * from unnest($1::bigint[], $2::text[], $3::text[]) on conflict do nothing`
const MOVE_HEADS = `update conversations as c set seq = v.seq, rev = v.rev, last_ord = v.ord
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) as v (seq, rev, ord, id) where c.id = v.id`
const MOVE_CURSORS = `update members as m set delivered_seq = v.delivered, read_seq = v.seen
  from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) as v (delivered, seen, conversation, member)
  where m.conversation_id = v.conversation and m.user_id = v.member`
const MOVE_PROGRESS = `update conversations as c set best_delivered_seq = v.a, best_delivered_by = v.b, second_delivered_seq = v.c,
    best_read_seq = v.d, best_read_by = v.e, second_read_seq = v.f
  from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[], $7::text[])
    as v (a, b, c, d, e, f, id) where c.id = v.id`
/** By user, so that no two batches wait for each other. */
const TOUCH = `insert into user_state (user_id, last_seen) select * from unnest($1::text[], $2::bigint[]) order by 1
  on conflict (user_id) do update set last_seen = excluded.last_seen where excluded.last_seen > user_state.last_seen`

type Progress = Pick<
  CursorRow,
  | 'best_delivered_seq'
  | 'best_delivered_by'
  | 'second_delivered_seq'
  | 'best_read_seq'
  | 'best_read_by'
  | 'second_read_seq'
>

/**
 * Runs the write logic for one batch on a connection that is in its transaction. What the batch will surely ask for was read
 * before, for all ops at once, and is answered from memory; inserts and moves are gathered and written together, before anything
 * is asked that memory cannot answer, and at the end. So that many messages cost a few statements, while the logic is the one
 * that SQLite runs statement by statement.
 */
export class PostgresBatch {
  readonly #connection: PostgresConnection
  readonly #findCursors: string
  readonly #messages = new Map<string, DigestedRow | null>()
  readonly #byClientId = new Map<string, DigestedRow | null>()
  readonly #members = new Map<string, boolean>()
  readonly #cursors = new Map<string, CursorRow>()
  readonly #reads = new Map<string, readonly unknown[]>()
  /** Rows that never change. */
  readonly #places = new Map<string, unknown>()
  #ord: number | undefined
  readonly #newConversations = new Columns()
  readonly #newMembers = new Columns()
  readonly #newFellows = new Columns()
  readonly #newMessages = new Columns()
  readonly #newMentions = new Columns()
  readonly #mentioned = new Set<string>()
  readonly #heads = new Map<string, readonly SqlValue[]>()
  readonly #movedCursors = new Map<string, readonly SqlValue[]>()
  readonly #movedProgress = new Map<string, readonly SqlValue[]>()
  readonly #touched = new Map<string, number>()

  constructor(connection: PostgresConnection, lock: string) {
    this.#connection = connection
    this.#findCursors = WRITE.findCursors + lock
  }

  async drive<T>(work: Work<T>): Promise<T> {
    let next = work.next()
    while (next.done !== true) {
      const known = this.#answer(next.value)
      next = work.next(known === UNKNOWN ? await this.#ask(next.value) : known)
    }
    return next.value
  }

  async rows<Row>(sql: string, values: readonly PostgresValue[]): Promise<Row[]> {
    return toObjects<Row>(await this.#connection.query(sql, values))
  }

  /** Messages by their own ids; null: there is none. */
  knowMessage(id: string, row: DigestedRow | null): void {
    this.#messages.set(id, row)
  }

  knowByClientId(senderId: string, clientId: string, row: DigestedRow | null): void {
    this.#byClientId.set(pairKey(senderId, clientId), row)
  }

  knowMember(conversationId: string, userId: string, isMember: boolean): void {
    this.#members.set(pairKey(conversationId, userId), isMember)
  }

  knowCursors(conversationId: string, userId: string, row: CursorRow): void {
    this.#cursors.set(pairKey(conversationId, userId), { ...row })
  }

  cursorsOf(conversationId: string, userId: string): CursorRow | undefined {
    return this.#cursors.get(pairKey(conversationId, userId))
  }

  /** The rows of a query with these values, as they are until the next write of messages. */
  knowRows(sql: string, values: readonly SqlValue[], found: readonly unknown[]): void {
    this.#reads.set(sql + JSON.stringify(values), found)
  }

  /** The one row of a query with this value. */
  knowRow(sql: string, values: readonly SqlValue[], found: unknown): void {
    this.#places.set(sql + JSON.stringify(values), found)
  }

  /** The place among the messages for the next one. */
  giveOrd(ord: number | undefined): void {
    this.#ord = ord
  }

  /** Forgets what was read. */
  forget(): void {
    this.#messages.clear()
    this.#byClientId.clear()
    this.#members.clear()
    this.#cursors.clear()
    this.#reads.clear()
  }

  /** Writes what was gathered. */
  async flush(): Promise<void> {
    await this.#write(ADD_CONVERSATIONS, this.#newConversations)
    await this.#write(ADD_MEMBERS, this.#newMembers)
    await this.#write(ADD_FELLOWS, this.#newFellows)
    await this.#write(ADD_MESSAGES, this.#newMessages)
    await this.#write(ADD_MENTIONS, this.#newMentions)
    await this.#write(MOVE_CURSORS, taken(this.#movedCursors))
    await this.#write(MOVE_PROGRESS, taken(this.#movedProgress))
    await this.#write(MOVE_HEADS, taken(this.#heads))
    const touched = new Map([...this.#touched].map((pair) => [pair[0], pair] as const))
    this.#touched.clear()
    await this.#write(TOUCH, taken(touched))
  }

  async #write(sql: string, rows: Columns): Promise<void> {
    if (!rows.isEmpty) await this.#connection.query(sql, rows.take())
  }

  async #ask({ how, sql, values }: Step): Promise<unknown> {
    await this.flush()
    const set = await this.#connection.query(withNumbers(sql), values)
    switch (how) {
      case 'row':
        return toObjects(set)[0]
      case 'has':
        return set.rows.length > 0
      case 'rows':
        return toObjects(set)
      case 'set':
        return set
      case 'run':
        // It may have been about anything that is remembered.
        this.forget()
        return set.count
      case 'add':
        return undefined
    }
  }

  #answer(step: Step): unknown {
    const { sql, values } = step
    const [a = null, b = null, c = null] = values
    switch (sql) {
      case WRITE.addMessage:
        return this.#addMessage(step as AddStep)
      case WRITE.findByClientId:
        return orUnknown(this.#byClientId.get(pairKey(a, b)))
      case WRITE.findById:
        return orUnknown(this.#messages.get(String(a)))
      case WRITE.findParent: {
        const parent = this.#messages.get(String(a))
        return parent === undefined ? UNKNOWN : parent?.conversation_id === b
      }
      case WRITE.isMember:
        return this.#members.get(pairKey(a, b)) ?? UNKNOWN
      case WRITE.addDirect:
        this.#newConversations.add(values)
        return 1
      case WRITE.addDirectMember:
        this.#newMembers.add(values)
        this.#members.set(pairKey(a, b), true)
        return 1
      case CHANNEL_WRITE.addMember:
        this.#newFellows.add(values)
        this.#members.set(pairKey(a, b), true)
        return 1
      case CHANNEL_WRITE.addMention:
        return this.#addMention(values, this.#members.get(pairKey(b, c)))
      case WRITE.moveHead:
        this.#heads.set(String(values[3]), values)
        return 1
      case WRITE.touch:
        this.#touched.set(String(a), Math.max(Number(b), this.#touched.get(String(a)) ?? 0))
        return 1
      case this.#findCursors: {
        const row = this.#cursors.get(pairKey(a, b))
        return row === undefined ? UNKNOWN : { ...row }
      }
      case WRITE.moveCursors:
        return this.#moveCursors(values)
      case WRITE.moveProgress:
        return this.#moveProgress(values)
      default:
        return this.#remembered(sql, values)
    }
  }

  #remembered(sql: string, values: readonly SqlValue[]): unknown {
    if (this.#reads.size === 0 && this.#places.size === 0) return UNKNOWN
    const key = sql + JSON.stringify(values)
    return this.#reads.get(key) ?? this.#places.get(key) ?? UNKNOWN
  }

  /** Both ids are known to be free, or known not to be. */
  #addMessage({ values, peerId }: AddStep): number | undefined {
    const [id, conversation_id, seq, rev, sender_id, type, content, client, digest, parent_id, created_at] =
      values
    const key = client === null ? null : pairKey(sender_id!, client!)
    if (this.#messages.get(String(id)) || (key !== null && this.#byClientId.get(key))) return undefined
    const ord = this.#ord
    if (ord === undefined) throw new Error('a message without a place')
    const scope = scopeOf({
      ...{ kind: peerId === null ? 'channel' : 'direct', conversation_id: String(conversation_id) },
      ...{ sender_id: String(sender_id), peer_id: peerId },
    })
    this.#newMessages.add([...values, tsvectorOf(String(content), scope), ord])
    const row = {
      ...{ id, conversation_id, seq, rev, sender_id, type, content, client_message_id: client },
      ...{ client_digest: digest, parent_id, created_at, edited_at: null, deleted_at: null },
    } as DigestedRow
    this.#messages.set(String(id), row)
    if (key !== null) this.#byClientId.set(key, row)
    this.#reads.clear()
    return ord
  }

  #addMention(values: readonly SqlValue[], isMember: boolean | undefined): number | typeof UNKNOWN {
    if (isMember === undefined) return UNKNOWN
    const key = values.join('\n')
    if (!isMember || this.#mentioned.has(key)) return 0
    this.#mentioned.add(key)
    this.#newMentions.add(values)
    return 1
  }

  #moveCursors(values: readonly SqlValue[]): number {
    const [delivered, read, conversationId, userId] = values
    const key = pairKey(conversationId!, userId!)
    const known = this.#cursors.get(key)
    if (known !== undefined) {
      this.#cursors.set(key, { ...known, delivered_seq: Number(delivered), read_seq: Number(read) })
    }
    this.#movedCursors.set(key, values)
    return 1
  }

  #moveProgress(values: readonly SqlValue[]): number {
    const conversationId = String(values[6])
    const [best_delivered_seq, best_delivered_by, second_delivered_seq] = values
    const [best_read_seq, best_read_by, second_read_seq] = values.slice(3)
    const progress = {
      ...{ best_delivered_seq, best_delivered_by, second_delivered_seq },
      ...{ best_read_seq, best_read_by, second_read_seq },
    } as Progress
    // Those of the others of the same channel hold it too.
    for (const [key, row] of this.#cursors) {
      if (key.startsWith(`${conversationId}\n`)) this.#cursors.set(key, { ...row, ...progress })
    }
    this.#movedProgress.set(conversationId, values)
    return 1
  }
}

const orUnknown = <T>(known: T | null | undefined): T | undefined | typeof UNKNOWN =>
  known === undefined ? UNKNOWN : (known ?? undefined)

function taken(rows: Map<string, readonly SqlValue[]>): Columns {
  const columns = new Columns()
  for (const row of rows.values()) columns.add(row)
  rows.clear()
  return columns
}
