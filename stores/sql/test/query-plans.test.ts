import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHANGE_WRITE } from '../change-statements.ts'
import { CHANNEL_WRITE, membershipStatements } from '../channel-statements.ts'
import { migrate } from '../migrate.ts'
import { type StoreQueries, storeQueries } from '../queries.ts'
import { ROOM_WRITE } from '../room-statements.ts'
import { SQLITE_FLAVOUR } from '../sqlite-flavour.ts'
import { sqliteText } from '../sqlite-text.ts'
import { WRITE } from '../write-statements.ts'
import { makeFolder } from './harness.ts'

/** One row by its unique key, or one number: they need no limit. */
const SINGLE = [
  ...['find', 'findByName', 'findMany', 'epoch', 'conversation', 'directOf', 'channel', 'directView', 'role'],
  ...['message', 'room'],
]
/**
 * Walked whole on purpose: constant rows, bounded hits (`h`, `a`, `b`, `k`, `own`, `f`, `p`, `e`), the ids asked for, the ends of an index, and
 * the one row in which SQLite counts.
 */
const ALLOWED =
  /^SCAN (CONSTANT ROW|(h|a|b|k|own|f|p|e)$|message_fts VIRTUAL TABLE|json_each VIRTUAL TABLE|sqlite_sequence$)/

const APPENDED = /^SEARCH x USING INDEX \S+ \(conversation_id=\? AND seq>\?\)/
const CHANGED = /^SEARCH x USING COVERING INDEX messages_changed \(conversation_id=\? AND rev>\?\)/
const FOUND = /^SEARCH m USING INTEGER PRIMARY KEY \(rowid=\?\)/

/** The steps that keep a read in bounds. */
const STEPS: Partial<Record<keyof StoreQueries, RegExp | readonly RegExp[]>> = {
  waiting: /^SEARCH m USING INTEGER PRIMARY KEY \(rowid=\?\)/,
  messagesBefore: /^SEARCH m USING INDEX \S+ \(conversation_id=\? AND seq<\?\)/,
  messagesAfter: /^SEARCH m USING INDEX \S+ \(conversation_id=\? AND seq>\?\)/,
  answersBefore: /^SEARCH m USING INDEX messages_answers \(conversation_id=\? AND parent_id=\? AND seq<\?\)/,
  answersAfter: /^SEARCH m USING INDEX messages_answers \(conversation_id=\? AND parent_id=\? AND seq>\?\)/,
  changes: [APPENDED, CHANGED, FOUND],
  changesOf: [APPENDED, CHANGED, FOUND],
  logged: /^SEARCH m USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/,
  reactions: /^SEARCH r USING PRIMARY KEY \(message_id=\? AND emoji=\? AND rev=\?\)/,
  members: /^SEARCH me USING INDEX members_joined \(conversation_id=\? AND join_no>\?\)/,
  publicChannels: /^SEARCH c USING INDEX conversations_listed \(.*listed_as<\?\)/,
  channels:
    /^SEARCH n USING COVERING INDEX messages_sender \(conversation_id=\? AND sender_id=\? AND seq>\?\)/,
}

function load(db: Database.Database): void {
  const conversation = db.prepare(WRITE.addDirect)
  const channel = db.prepare(CHANNEL_WRITE.addChannel)
  const member = db.prepare(WRITE.addDirectMember)
  const fellow = db.prepare(CHANNEL_WRITE.addMember)
  const reaction = db.prepare(CHANGE_WRITE.addReaction)
  const emoji = db.prepare(CHANGE_WRITE.addEmoji)
  const mention = db.prepare('insert into mentions values (?, ?, ?)')
  const room = db.prepare(ROOM_WRITE.addRoom)
  const roomMember = db.prepare(ROOM_WRITE.addRoomMember)
  const message = db.prepare(`insert into messages (id, conversation_id, seq, rev, sender_id, type, content,
    client_message_id, parent_id, created_at) values (?, ?, ?, ?, ?, 'text', 'hello', ?, ?, 0)`)
  const user = db.prepare(`insert into "user" (id, name, email, emailVerified, createdAt, updatedAt, username)
    values (?, ?, ?, 0, '', '', ?)`)
  for (let index = 0; index < 1_000; index += 1) {
    user.run(`u${index}`, `u${index}`, `u${index}@x`, `u${index}`)
    conversation.run(`c${index}`, `k${index}`, 2, index * 10 + 10, 0)
    member.run(`c${index}`, `u${index % 50}`, `u${index}x`, 0, 1)
    member.run(`c${index}`, `u${index}x`, `u${index % 50}`, 0, 2)
    channel.run(`g${index}`, `G${index}`, index % 2 === 0 ? `g${index}` : null, index % 2, index * 10 + 9, 0)
    fellow.run(`g0`, `u${index}`, 5, 5, 0, index === 0 ? 'owner' : 'member', index + 1)
    if (index > 0) fellow.run(`g${index}`, 'u0', 5, 5, 0, 'owner', 1)
    mention.run('g0', `u${index % 50}`, index)
    emoji.run(`m${index}-1`, '+1', 1)
    reaction.run(`m${index}-1`, '+1', 1, 'u1')
    room.run(`R${index}`, 'r', 'u1', null, 0, 0)
    roomMember.run(`R${index}`, 'u1', 1)
    for (let seq = 1; seq <= 10; seq += 1) {
      message.run(
        `m${index}-${seq}`,
        `c${index}`,
        seq,
        seq,
        `u${index % 50}`,
        `${index}-${seq}`,
        seq > 5 ? `m${index}-1` : null,
      )
    }
  }
}

describe('query plans', () => {
  const folder = makeFolder()
  let db: Database.Database
  beforeAll(() => {
    db = new Database(join(folder.path, 'plans.db'))
    migrate(db, 'plans.db')
    db.transaction(() => load(db))()
  })
  afterAll(() => {
    db.close()
    folder.remove()
  })

  const planOf = (sql: string): string[] => {
    const values = Array.from(sql.matchAll(/\?/g), () => null)
    const plan = db.prepare(`explain query plan ${sqliteText(sql)}`).all(...values) as { detail: string }[]
    return plan.map(({ detail }) => detail)
  }
  const scansOf = (sql: string): string[] =>
    planOf(sql).filter((step) => step.startsWith('SCAN') && !ALLOWED.test(step))

  for (const analysed of [false, true]) {
    describe(analysed ? 'after analyze' : 'without statistics', () => {
      beforeAll(() => {
        if (analysed) db.exec('analyze')
      })

      for (const [name, { sql }] of Object.entries(storeQueries('sqlite'))) {
        it(`SQLITE-3 ${name} walks no whole table`, () => {
          expect(scansOf(sql), sql).toEqual([])
          if (!SINGLE.includes(name)) expect(sql).toMatch(/ limit \?$/)
        })
      }

      // Where an index of fewer columns would do, and walk what is not asked for.
      for (const [name, steps] of Object.entries(STEPS)) {
        it(`SQLITE-13 ${name} goes straight to its rows`, () => {
          const plan = planOf(storeQueries('sqlite')[name as keyof StoreQueries].sql)
          for (const step of [steps].flat()) expect(plan).toContainEqual(expect.stringMatching(step))
        })
      }

      for (const [name, sql] of Object.entries({
        ...WRITE,
        ...CHANNEL_WRITE,
        ...membershipStatements(SQLITE_FLAVOUR.texts),
        ...CHANGE_WRITE,
        ...ROOM_WRITE,
      })) {
        it(`SQLITE-3 ${name} walks no whole table`, () => {
          // The largest key is the end of the index, not a walk.
          if (name !== 'headOrd') expect(scansOf(sql), sql).toEqual([])
        })
      }
    })
  }

  it('SQLITE-21 a limit that is bound costs about what one in the text does, as nothing is prepared again', () => {
    const sql = (limit: string): string =>
      `select id, sender_id, seq from messages where conversation_id = ? and sender_id = ? and seq > ? order by seq limit ${limit}`
    const cost = (text: string, ...limit: number[]): number => {
      const statement = db.prepare(text)
      const rounds = Array.from({ length: 7 }, () => {
        const began = performance.now()
        for (let index = 0; index < 1_000; index += 1) statement.all('c1', 'u1', index % 10, ...limit)
        return performance.now() - began
      })
      return Math.min(...rounds)
    }
    expect(cost(sqliteText(sql('?')), 10)).toBeLessThan(2.5 * cost(sql('10')))
  })

  it('SQLITE-3 a whole walk would be noticed', () => {
    expect(scansOf('select * from messages where content = ?')).toHaveLength(1)
  })
})
