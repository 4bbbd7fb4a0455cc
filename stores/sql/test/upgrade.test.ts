import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteStore } from '../index.ts'
import { migrate } from '../migrate.ts'
import { directMessages } from '../migrations/0001-direct-messages.ts'
import { addUser, makeFolder } from './harness.ts'
import { append, channel, post } from './ops.ts'

const ann = { id: 'a' }
const bob = { id: 'b' }

/** A database as version 1 left it: a conversation of two messages, one of them read, and one without any index yet. */
function writeVersion1(file: string): void {
  const db = new Database(file)
  migrate(db, file, [directMessages])
  db.exec(`
    insert into conversations (id, kind, direct_key, seq, rev, last_ord, created_at)
      values ('d', 'direct', 'a:b', 2, 2, 2, 7);
    insert into members (conversation_id, user_id, peer_id, delivered_seq, read_seq, joined_at)
      values ('d', 'b', 'a', 1, 1, 7), ('d', 'a', 'b', 0, 0, 7);
    insert into messages (id, conversation_id, seq, rev, sender_id, type, content, client_message_id, client_digest,
        created_at)
      values ('m1', 'd', 1, 1, 'a', 'text', 'old words', null, null, 7), ('m2', 'd', 2, 2, 'a', 'text', 'more words', null, null, 8);
    insert into message_fts (rowid, content, scope) values (1, 'old words', 'ua ub');
    update meta set value = '1' where key = 'fts_ord'`)
  db.close()
}

describe('upgrade from version 1', () => {
  let folder: ReturnType<typeof makeFolder>
  beforeEach(() => {
    folder = makeFolder()
  })
  afterEach(() => folder.remove())

  it('SQLITE-19 what version 1 stored is there, and goes on where it was', async () => {
    const file = join(folder.path, 'old.db')
    writeVersion1(file)
    const store = await openSqliteStore({ file })
    await addUser(store, { id: 'a', username: 'Ann' })
    await addUser(store, { id: 'b', username: 'Bob' })

    expect(await store.conversation('d')).toEqual({ id: 'd', kind: 'direct', members: ['a', 'b'] })
    expect(await store.channel({ channelId: 'd', userId: 'b' })).toMatchObject({
      channel: {
        kind: 'direct',
        name: null,
        isPrivate: true,
        memberCount: 2,
        seq: 2,
        rev: 2,
        archivedAt: null,
      },
      ...{ role: 'member', cursors: { deliveredSeq: 1, readSeq: 1 }, unreadCount: 1, mentionCount: 0 },
      peer: { username: 'Ann' },
    })
    const { items } = await store.members({ channelId: 'd', limit: 10 })
    expect(items.map(({ user, role }) => [user.username, role])).toEqual([
      ['Ann', 'member'],
      ['Bob', 'member'],
    ])
    const history = await store.directHistory({ userId: 'a', peerId: 'b', limit: 10 })
    expect(history.items.map(({ message, status }) => [message.id, status])).toEqual([
      ['m2', 'sent'],
      ['m1', 'read'],
    ])
    expect((await store.waiting({ userId: 'b', limit: 10 })).map(({ message }) => message.id)).toEqual(['m2'])

    const outcomes = await store.commit([
      append(bob, ann),
      { kind: 'edit-message', messageId: 'm1', actorId: 'a', content: 'new words', mentioned: [], at: 9 },
      channel('g', ['a']),
      post(ann, 'g', { content: 'channel words' }),
    ])
    expect(outcomes[0]).toMatchObject({ message: { conversationId: 'd', seq: 3, rev: 3 } })
    expect(outcomes[1]).toMatchObject({ kind: 'changed', message: { rev: 4 } })
    const found = await store.search({ userId: 'a', text: 'words', limit: 10 })
    expect(found.items.map(({ message }) => message.content)).toEqual([
      'channel words',
      'more words',
      'new words',
    ])
    expect((await store.search({ userId: 'a', text: 'old', limit: 10 })).items).toEqual([])
    await store.close()
  })

  it('SQLITE-19 an empty database of version 1 takes a channel as its first conversation', async () => {
    const file = join(folder.path, 'empty.db')
    const db = new Database(file)
    migrate(db, file, [directMessages])
    db.close()
    const store = await openSqliteStore({ file })
    await store.commit([channel('g', ['a']), channel('h', ['a']), append(ann, bob), post(ann, 'g')])
    const { items } = await store.channels({ userId: 'a', limit: 10 })
    expect(items.map(({ channel: { kind, name } }) => name ?? kind)).toEqual(['g', 'direct', 'h'])
    await store.close()
  })
})
