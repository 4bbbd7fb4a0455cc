import Database from 'better-sqlite3'

interface ConversationRow {
  readonly id: string
  readonly seq: number
  readonly sender: string
  readonly other: string
}

/** Messages written in one go. */
const CHUNK = 50_000

/** So many numbers, with a word that differs for each, as the index of the search grows with them. */
const MESSAGES = `
insert into messages (id, conversation_id, seq, rev, sender_id, type, content, created_at)
with recursive numbers (n) as (select @from union all select n + 1 from numbers where n < @to)
select lower(hex(randomblob(16))), @id, n, n, @sender, 'text',
  'word' || (n * 7919 % 5000) || ' word' || (n * 104729 % 5000) || ' lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor',
  @now
from numbers`

const INDEX = `
insert into message_fts (rowid, content, scope)
select ord, content, @scope from messages where conversation_id = @id and seq between @from and @to`

/**
 * Writes direct messages into the file of a server that is stopped, as if they had been sent, delivered and read, until it has so many:
 * in equal parts to each direct conversation that is there.
 */
export const fillMessages = (file: string, total: number, say: (line: string) => void): void => {
  const database = new Database(file)
  database.pragma('synchronous = off')
  const conversations = database
    .prepare(
      `select id, seq, m.user_id as sender, m.peer_id as other from conversations
       join members m on m.conversation_id = id
       where kind = 'direct' and m.user_id = (select min(user_id) from members where conversation_id = id)`,
    )
    .all() as ConversationRow[]
  const insert = database.prepare(MESSAGES)
  const index = database.prepare(INDEX)
  const each = Math.floor(total / conversations.length)
  const scope = (userId: string): string => `u${userId.replace(/[^0-9A-Za-z]/g, '')}`
  let written = 0
  for (const { id, seq, sender, other } of conversations) {
    for (let from = seq + 1; from <= each; from += CHUNK) {
      const to = Math.min(each, from + CHUNK - 1)
      database.transaction(() => {
        insert.run({ id, from, to, sender, now: Date.now() })
        index.run({ scope: `${scope(sender)} ${scope(other)}`, id, from, to })
      })()
      written += to - from + 1
    }
    say(`stored ${written} of ${total} messages`)
    const head = Math.max(seq, each)
    database
      .prepare(
        `update conversations set seq = @head, rev = max(rev, @head), last_ord = (select max(ord) from messages where conversation_id = @id) where id = @id`,
      )
      .run({ head, id })
    database
      .prepare('update members set delivered_seq = ?, read_seq = ? where conversation_id = ?')
      .run(head, head, id)
  }
  database.prepare(`update meta set value = (select max(ord) from messages) where key = 'fts_ord'`).run()
  database.exec('analyze')
  database.pragma('wal_checkpoint(truncate)')
  database.close()
}
