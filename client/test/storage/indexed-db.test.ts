import 'fake-indexeddb/auto'
import { deleteDB, openDB } from 'idb'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { indexedDbStorage } from '../../storage/indexed-db.ts'

const url = 'https://chat.example.org'
const record = {
  clientMessageId: 'id-1',
  channelId: 'channel-1',
  content: 'hello',
  parentId: null,
  createdAt: 1,
  order: 0,
  failure: null,
}
const nameOf = (userId: string) => `parley ${url} ${userId}`

afterEach(() => vi.restoreAllMocks())

describe('SDK-7 IndexedDB', () => {
  test('rejects when the quota is used up, and takes the next that fits', async () => {
    const { outbox } = await indexedDbStorage().open({ url, userId: 'quota' })
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('The quota has been exceeded', 'QuotaExceededError')
    })
    await expect(outbox.put(record)).rejects.toMatchObject({ code: 'STORAGE', canRetry: false })
    put.mockRestore()
    await outbox.put(record)
    expect(await outbox.all()).toEqual([record])
  })

  test('does not hold up who wants the database gone or in another form', async () => {
    const storage = await indexedDbStorage().open({ url, userId: 'versions' })
    await storage.outbox.put(record)
    await deleteDB(nameOf('versions'))
    // It opens again by itself, empty.
    expect(await storage.outbox.all()).toEqual([])
    const newer = await openDB(nameOf('versions'), 99)
    await expect(storage.outbox.put(record)).rejects.toMatchObject({ code: 'STORAGE' })
    newer.close()
  })

  test('rejects while an older page holds the database, and says so', async () => {
    // An older page that does not listen: a connection at a version below ours cannot exist, so the opening hangs by hand.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    vi.spyOn(indexedDB, 'open').mockImplementation(() => new EventTarget() as IDBOpenDBRequest)
    const opening = indexedDbStorage().open({ url, userId: 'blocked' })
    const refused = expect(opening).rejects.toMatchObject({ code: 'STORAGE', canRetry: true })
    await vi.advanceTimersByTimeAsync(5_000)
    await refused
    vi.useRealTimers()
  })

  test('rejects where there is no database at all', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('Not here', 'SecurityError')
    })
    await expect(indexedDbStorage().open({ url, userId: 'private' })).rejects.toMatchObject({
      code: 'STORAGE',
    })
  })

  test('leaves no database behind once it is cleared', async () => {
    const storage = await indexedDbStorage().open({ url, userId: 'gone' })
    await storage.outbox.put(record)
    await storage.clear()
    storage.close()
    const names = (await indexedDB.databases()).map(({ name }) => name)
    expect(names).not.toContain(nameOf('gone'))
    await expect(storage.outbox.all()).rejects.toMatchObject({ code: 'CLOSED' })
  })
})
