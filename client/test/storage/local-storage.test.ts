import { describe, expect, test } from 'vitest'
import { localStorageOutbox } from '../../storage/local-storage.ts'
import { FakeLocalStorage } from './fake-local-storage.ts'

const scope = { url: 'https://chat.example.org', userId: 'anna' }
const KEY = 'offlineMessages'

const stored = (storage: FakeLocalStorage): unknown => JSON.parse(storage.getItem(KEY) ?? 'null')

/** As document 003 writes it: no id, no time, no user. */
const fromDocument003 = { content: 'hello', channelId: 'channel-1', deliveryStatus: 'SENT', status: 'FAILED' }

describe('SDK-8 offlineMessages of document 003', () => {
  test('is an array of messages with the status FAILED, gone when nothing waits', async () => {
    const storage = new FakeLocalStorage()
    const { outbox } = await localStorageOutbox(storage).open(scope)
    await outbox.put({
      clientMessageId: 'id-1',
      channelId: 'channel-1',
      content: 'hello',
      parentId: null,
      createdAt: 5,
      order: 0,
      failure: null,
    })
    expect(stored(storage)).toEqual([
      expect.objectContaining({
        content: 'hello',
        channelId: 'channel-1',
        clientMessageId: 'id-1',
        status: 'FAILED',
      }),
    ])
    expect(storage.getItem(KEY)).not.toContain('parentId')
    await outbox.remove('id-1')
    expect(storage.getItem(KEY)).toBeNull()
  })

  test('takes what a client of 003 left, once, under an id that stays', async () => {
    const storage = new FakeLocalStorage()
    storage.setItem(
      KEY,
      JSON.stringify([fromDocument003, { ...fromDocument003, content: 'again', parentId: 'p' }]),
    )
    const first = await (await localStorageOutbox(storage, () => 7).open(scope)).outbox.all()
    expect(first.map(({ content, parentId, createdAt }) => [content, parentId, createdAt])).toEqual([
      ['hello', null, 7],
      ['again', 'p', 7],
    ])
    const seen = first.map(({ clientMessageId }) => clientMessageId)
    expect(seen.every((id) => /^[0-9a-f]{32}$/.test(id)) && seen[0] !== seen[1]).toBe(true)
    // Another user of this device comes later: these are taken.
    expect(await (await localStorageOutbox(storage).open({ ...scope, userId: 'ben' })).outbox.all()).toEqual(
      [],
    )
    const again = await (await localStorageOutbox(storage, () => 99).open(scope)).outbox.all()
    expect(again).toEqual(first)
  })

  test('is taken while it is open, too', async () => {
    const storage = new FakeLocalStorage()
    const { outbox } = await localStorageOutbox(storage).open(scope)
    storage.setItem(KEY, JSON.stringify([fromDocument003]))
    const [record] = await outbox.all()
    expect(record?.content).toBe('hello')
    await outbox.remove(record?.clientMessageId ?? '')
    expect(await outbox.all()).toEqual([])
  })

  test.each([
    ['no JSON', '[{"content":'],
    ['no array', '{"content":"hello"}'],
    ['nothing of ours', '[1, null, "x", {}, {"content": "", "channelId": "c"}, {"content": "x"}]'],
  ])('survives %s, and is written over', async (_what, text) => {
    const storage = new FakeLocalStorage()
    storage.setItem(KEY, text)
    const { outbox } = await localStorageOutbox(storage).open(scope)
    expect(await outbox.all()).toEqual([])
    const record = {
      ...fromDocument003,
      clientMessageId: 'id-1',
      parentId: null,
      createdAt: 1,
      order: 0,
      failure: null,
    }
    await outbox.put(record)
    expect((await outbox.all()).map(({ clientMessageId }) => clientMessageId)).toEqual(['id-1'])
  })

  test('leaves out fields that are not what they should be', async () => {
    const storage = new FakeLocalStorage()
    const odd = {
      ...fromDocument003,
      clientMessageId: 'x'.repeat(65),
      createdAt: 'now',
      failure: { code: 1 },
      order: null,
    }
    storage.setItem(KEY, JSON.stringify([odd]))
    const [record] = await (await localStorageOutbox(storage, () => 3).open(scope)).outbox.all()
    expect(record).toMatchObject({ createdAt: 3, order: 0, failure: null })
    expect(record?.clientMessageId).toHaveLength(32)
  })

  test('rejects when the quota is used up, and leaves what is there', async () => {
    const storage = new FakeLocalStorage()
    const { outbox } = await localStorageOutbox(storage).open(scope)
    const record = {
      ...fromDocument003,
      clientMessageId: 'id-1',
      parentId: null,
      createdAt: 1,
      order: 0,
      failure: null,
    }
    await outbox.put(record)
    storage.isFull = true
    await expect(outbox.put({ ...record, clientMessageId: 'id-2' })).rejects.toMatchObject({
      code: 'STORAGE',
    })
    expect(await outbox.all()).toHaveLength(1)
  })
})
