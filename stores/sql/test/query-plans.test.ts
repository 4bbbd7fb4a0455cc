import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../migrate.ts'
import { storeQueries } from '../queries.ts'
import { WRITE } from '../write-statements.ts'
import { makeFolder } from './harness.ts'

/** One row by its unique key, or one number: they need no limit. */
const SINGLE = ['find', 'findByName', 'findMany', 'epoch']
/** Walked whole on purpose: constant rows, the bounded hits of a search, the ids asked for, the ends of an index. */
const ALLOWED = /^SCAN (CONSTANT ROW|h\b|message_fts VIRTUAL TABLE|json_each VIRTUAL TABLE)/

function load(db: Database.Database): void {
  const conversation = db.prepare(`insert into conversations values (?, 'direct', ?, 10, 10, ?, 0)`)
  const member = db.prepare('insert into members values (?, ?, ?, 5, 5, 0)')
  const message = db.prepare(`insert into messages (id, conversation_id, seq, rev, sender_id, type, content,
    client_message_id, created_at) values (?, ?, ?, ?, ?, 'text', 'hello', ?, 0)`)
  const user = db.prepare(`insert into "user" (id, name, email, emailVerified, createdAt, updatedAt, username)
    values (?, ?, ?, 0, '', '', ?)`)
  for (let index = 0; index < 1_000; index += 1) {
    user.run(`u${index}`, `u${index}`, `u${index}@x`, `u${index}`)
    conversation.run(`c${index}`, `k${index}`, index * 10 + 10)
    member.run(`c${index}`, `u${index % 50}`, `u${index}x`)
    member.run(`c${index}`, `u${index}x`, `u${index % 50}`)
    for (let seq = 1; seq <= 10; seq += 1) {
      message.run(`m${index}-${seq}`, `c${index}`, seq, seq, `u${index % 50}`, `${index}-${seq}`)
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

  const scansOf = (sql: string): string[] => {
    const values = Array.from(sql.matchAll(/\?/g), () => null)
    const plan = db.prepare(`explain query plan ${sql}`).all(...values) as { detail: string }[]
    return plan.map(({ detail }) => detail).filter((step) => step.startsWith('SCAN') && !ALLOWED.test(step))
  }

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

      for (const [name, sql] of Object.entries(WRITE)) {
        it(`SQLITE-3 ${name} walks no whole table`, () => {
          // The largest key is the end of the index, not a walk.
          if (name !== 'headOrd') expect(scansOf(sql), sql).toEqual([])
        })
      }
    })
  }

  it('SQLITE-3 a whole walk would be noticed', () => {
    expect(scansOf('select * from messages where content = ?')).toHaveLength(1)
  })
})
