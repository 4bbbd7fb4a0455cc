import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, test } from 'vitest'
import type { ClientStorage, ConversationRecord, OutboxRecord, UserStorage } from '../../api/storage.ts'
import { indexedDbStorage } from '../../storage/indexed-db.ts'
import { localStorageOutbox } from '../../storage/local-storage.ts'
import { memoryStorage } from '../../storage/memory.ts'
import { MAX_WAITING } from '../../storage/outbox-order.ts'
import { FakeLocalStorage } from './fake-local-storage.ts'

const URL = 'https://chat.example.org'
let users = 0
let scope = { url: URL, userId: '' }
beforeEach(() => {
  users += 1
  scope = { url: URL, userId: `user-${users}` }
})

const record = (clientMessageId: string, more: Partial<OutboxRecord> = {}): OutboxRecord => ({
  clientMessageId,
  channelId: 'channel-1',
  content: `text of ${clientMessageId}`,
  parentId: null,
  createdAt: 1_000,
  order: 0,
  failure: null,
  ...more,
})

const conversation = (id: string, rev = 1): ConversationRecord => ({
  channel: {
    id,
    name: id,
    kind: 'channel',
    isPrivate: false,
    role: 'member',
    memberCount: 2,
    createdAt: '2026-01-01T00:00:00.000Z',
    archivedAt: null,
    seq: rev,
    rev,
    readSeq: 0,
    deliveredSeq: 0,
    unreadCount: rev,
    mentionCount: 0,
  },
  rev,
  messages: [],
  activity: rev,
})

const ids = async (storage: UserStorage) =>
  (await storage.outbox.all()).map(({ clientMessageId }) => clientMessageId)

const kinds: Readonly<Record<string, () => ClientStorage>> = {
  memory: memoryStorage,
  IndexedDB: indexedDbStorage,
  localStorage: () => localStorageOutbox(new FakeLocalStorage()),
}

describe.each(Object.entries(kinds))('SDK-7 %s', (kind, make) => {
  test('keeps records as they were, oldest first whatever the order of writing', async () => {
    const storage = await make().open(scope)
    const failure = { code: 'ARCHIVED', message: 'No', canRetry: false, retryAfterMs: null }
    const records = [
      record('c', { createdAt: 2_000, order: 2, failure }),
      record('b', { createdAt: 1_000, order: 1, parentId: 'parent-1' }),
      record('a', { createdAt: 1_000, order: 0 }),
    ]
    for (const one of records) await storage.outbox.put(one)
    expect(await storage.outbox.all()).toEqual([...records].reverse())
  })

  test('puts a record over the one of the same id, and removes one', async () => {
    const storage = await make().open(scope)
    await storage.outbox.put(record('a'))
    await storage.outbox.put(record('b', { order: 1 }))
    await storage.outbox.put(record('a', { content: 'again' }))
    expect((await storage.outbox.all()).map(({ content }) => content)).toEqual(['again', 'text of b'])
    await storage.outbox.remove('a')
    await storage.outbox.remove('never there')
    expect(await ids(storage)).toEqual(['b'])
  })

  test('hands the outbox on to whoever opens it next, and to no other user or server', async () => {
    const storage = make()
    const first = await storage.open(scope)
    await first.outbox.put(record('a'))
    first.close()
    expect(await ids(await storage.open({ ...scope, url: `${URL}/` }))).toEqual(['a'])
    expect(await ids(await storage.open({ ...scope, userId: `${scope.userId}-other` }))).toEqual([])
    expect(await ids(await storage.open({ ...scope, url: 'https://other.example.org' }))).toEqual([])
  })

  test('keeps conversations and the epoch', async () => {
    const { kept } = await make().open(scope)
    expect(await kept.load()).toEqual({ epoch: null, conversations: [] })
    await kept.saveEpoch('epoch-1')
    await kept.save(conversation('one'))
    await kept.save(conversation('two'))
    await kept.save(conversation('one', 7))
    await kept.remove('two')
    await kept.remove('never there')
    expect(await kept.load()).toEqual({ epoch: 'epoch-1', conversations: [conversation('one', 7)] })
  })

  test('forgets everything of one user, and works on', async () => {
    const storage = make()
    const [own, other] = [await storage.open(scope), await storage.open({ ...scope, userId: `o${users}` })]
    for (const one of [own, other]) {
      await one.outbox.put(record('a'))
      await one.kept.save(conversation('one'))
      await one.kept.saveEpoch('epoch-1')
    }
    await own.clear()
    expect(await ids(own)).toEqual([])
    expect(await own.kept.load()).toEqual({ epoch: null, conversations: [] })
    expect(await ids(other)).toEqual(['a'])
    expect((await other.kept.load()).epoch).toBe('epoch-1')
    await own.outbox.put(record('b'))
    expect(await ids(own)).toEqual(['b'])
  })

  test('has a limit, says so, and still takes changes of what is there', async () => {
    const storage = await make().open(scope)
    await Promise.all(
      Array.from({ length: MAX_WAITING }, (_, order) => storage.outbox.put(record(`m${order}`, { order }))),
    )
    await expect(storage.outbox.put(record('one more'))).rejects.toMatchObject({ code: 'OUTBOX_FULL' })
    await storage.outbox.put(record('m0', { content: 'changed' }))
    await storage.outbox.remove('m1')
    await storage.outbox.put(record('one more', { order: MAX_WAITING }))
    const all = await storage.outbox.all()
    expect([all.length, all[0]?.content, all.at(-1)?.clientMessageId]).toEqual([
      MAX_WAITING,
      'changed',
      'one more',
    ])
  })

  test('keeps what two pages write at once', async () => {
    const storage = make()
    const pages = await Promise.all([storage.open(scope), storage.open(scope)])
    await Promise.all(pages.map(({ outbox }, page) => outbox.put(record(`p${page}`, { order: page }))))
    expect(await ids(pages[0]!)).toEqual(['p0', 'p1'])
    // Nothing of localStorage but the outbox is kept beyond a page.
    if (kind !== 'localStorage') {
      await pages[0]!.kept.save(conversation('one'))
      expect((await pages[1]!.kept.load()).conversations).toHaveLength(1)
    }
  })
})
