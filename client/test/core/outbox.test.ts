import { describe, expect, it } from 'vitest'
import { ParleyError } from '../../api/error.ts'
import { MAX_WAITING } from '../../outbox.ts'
import { settle } from '../rooms/fake-socket.ts'
import { outboxWorld, record } from './outbox-world.ts'
import { stored } from './stored.ts'

const refused = (code: string, options = {}) => new ParleyError(code, 'No', options)
const later = (code: string, retryAfterMs: number | null = null) =>
  refused(code, { canRetry: true, retryAfterMs })

describe('a message in the outbox', () => {
  it('is kept before it is tried', async () => {
    const { socket, storage, add, asked } = outboxWorld()
    socket.connect()
    storage.isHeld = true
    void add('a')
    await settle()
    expect([asked(), storage.kept.size]).toEqual([[], 0])
    await storage.release()
    expect([asked(), storage.kept.size]).toEqual([['a'], 1])
  })

  it('is gone everywhere once it is stored, and its sender is told', async () => {
    const { socket, storage, outbox, add, store, sure } = outboxWorld()
    socket.connect()
    const sending = add('a')
    await settle()
    expect(outbox.waiting.get()).toBe(1)
    await store(7)
    expect(await sending).toMatchObject({ id: 'm7', clientMessageId: 'a' })
    expect([outbox.waiting.get(), outbox.of('tea'), storage.kept.size]).toEqual([0, [], 0])
    expect(sure).toEqual([true])
  })

  it('is tried again with the same id after a break, and is then not sure to be as it was', async () => {
    const { socket, add, asked, store, sure } = outboxWorld()
    socket.connect()
    void add('a')
    await settle()
    socket.disconnect()
    await settle()
    expect(asked()).toEqual([])
    socket.connect()
    await settle()
    expect(asked()).toEqual(['a'])
    await store()
    expect(sure).toEqual([false])
  })

  it('waits while there is no connection, for as long as it takes', async () => {
    const { socket, environment, outbox, add, asked } = outboxWorld()
    void add('a')
    await settle()
    environment.pass(3_600_000)
    await settle()
    expect([asked(), outbox.waiting.get()]).toEqual([[], 1])
    socket.connect()
    await settle()
    expect(asked()).toEqual(['a'])
  })

  it('fails with the reason when it is refused for good, and stays', async () => {
    const { socket, storage, outbox, add } = outboxWorld()
    socket.connect()
    const sending = add('a')
    await settle()
    socket.take('message:send').reject(refused('NOT_A_MEMBER'))
    await expect(sending).rejects.toMatchObject({ code: 'NOT_A_MEMBER' })
    expect(outbox.of('tea')[0]?.failure).toMatchObject({ code: 'NOT_A_MEMBER', canRetry: false })
    expect(outbox.waiting.get()).toBe(0)
    await settle()
    expect(storage.kept.get('a')?.failure?.code).toBe('NOT_A_MEMBER')
  })

  it('waits as long as it was told when there were too many, then goes on', async () => {
    const { socket, environment, outbox, add, asked } = outboxWorld()
    socket.connect()
    void add('a')
    await settle()
    socket.take('message:send').reject(later('RATE_LIMITED', 3_000))
    await settle()
    environment.pass(2_999)
    await settle()
    expect([asked(), outbox.waiting.get()]).toEqual([[], 1])
    environment.pass(501)
    await settle()
    expect(asked()).toEqual(['a'])
  })

  it('is tried once more when its acknowledgement does not come', async () => {
    const { socket, environment, add, asked, store, sure } = outboxWorld()
    socket.connect()
    void add('a')
    await settle()
    socket.take('message:send').reject(later('TIMEOUT'))
    await settle()
    environment.pass(1_000)
    await settle()
    expect(asked()).toEqual(['a'])
    await store()
    expect(sure).toEqual([false])
  })

  it('is found stored when its acknowledgement was lost', async () => {
    const { socket, storage, outbox, add, asked } = outboxWorld()
    socket.connect()
    const sending = add('a')
    await settle()
    socket.disconnect()
    await settle()
    outbox.seen(stored(4, { clientMessageId: 'a' }))
    outbox.seen(stored(5, { clientMessageId: 'somebody' }))
    expect(await sending).toMatchObject({ id: 'm4' })
    await settle()
    socket.connect()
    await settle()
    expect([asked(), outbox.waiting.get(), storage.kept.size]).toEqual([[], 0, 0])
  })

  it('is told of when it was given up on its way and stored all the same', async () => {
    const { socket, outbox, add, store, sure } = outboxWorld()
    socket.connect()
    const sending = add('a')
    await settle()
    expect(outbox.discard('a')).toBe('says a')
    await expect(sending).rejects.toMatchObject({ code: 'DISCARDED' })
    await store()
    expect(sure).toHaveLength(1)
    expect(outbox.discard('a')).toBeNull()
  })
})

describe('messages of one conversation', () => {
  it('go one after the other, in the order in which they were written', async () => {
    const { socket, add, asked, store } = outboxWorld()
    for (const id of ['a', 'b', 'c']) void add(id)
    socket.connect()
    await settle()
    for (const [index, id] of ['a', 'b', 'c'].entries()) {
      expect(asked()).toEqual([id])
      await store(index + 1)
    }
    expect(asked()).toEqual([])
  })

  it('do not wait for those of another', async () => {
    const { socket, add, asked } = outboxWorld()
    socket.connect()
    for (const id of ['a', 'b']) void add(id)
    void add('x', 'talk')
    await settle()
    expect(asked()).toEqual(['a', 'x'])
  })

  it('keep their order when the clock goes back', async () => {
    const { socket, outbox, environment, add, asked } = outboxWorld()
    environment.pass(60_000)
    void add('a')
    environment.now = () => 500
    void add('b')
    expect(outbox.of('tea').map(({ clientMessageId }) => clientMessageId)).toEqual(['a', 'b'])
    socket.connect()
    await settle()
    expect(asked()).toEqual(['a'])
  })

  it('go on after one that was refused', async () => {
    const { socket, outbox, add, asked, store } = outboxWorld()
    socket.connect()
    for (const id of ['a', 'b']) void add(id)
    await settle()
    socket.take('message:send').reject(refused('INVALID'))
    await settle()
    expect(asked()).toEqual(['b'])
    await store()
    expect(outbox.of('tea').map(({ clientMessageId }) => clientMessageId)).toEqual(['a'])
  })

  it('are tried again in their place', async () => {
    const { socket, outbox, add, asked, store } = outboxWorld()
    socket.connect()
    void add('a')
    await settle()
    socket.take('message:send').reject(refused('ARCHIVED'))
    await settle()
    socket.disconnect()
    void add('b')
    outbox.retry('a')
    outbox.retry('a')
    expect(outbox.of('tea').map(({ clientMessageId, failure }) => [clientMessageId, failure])).toEqual([
      ['a', null],
      ['b', null],
    ])
    socket.connect()
    await settle()
    expect(asked()).toEqual(['a'])
    await store()
    expect(asked()).toEqual(['b'])
  })

  it('are one when the app uses its id again, and both who wait are told', async () => {
    const { socket, outbox, add, asked, store } = outboxWorld()
    const both = [add('a'), add('a')]
    socket.connect()
    await settle()
    expect([asked(), outbox.waiting.get()]).toEqual([['a'], 1])
    await store()
    expect((await Promise.all(both)).map(({ id }) => id)).toEqual(['m1', 'm1'])
  })
})

describe('what an earlier client left', () => {
  it('goes before what is written now, and is not sure to be as it was', async () => {
    const { socket, outbox, add, asked, store, sure, changed } = outboxWorld([
      record('old2', 900, { order: 1 }),
      record('old1', 900),
      record('failed', 800, { failure: { code: 'X', message: '', canRetry: false, retryAfterMs: null } }),
    ])
    expect(changed).toContain('tea')
    void add('new')
    socket.connect()
    await settle()
    for (const [index, id] of ['old1', 'old2', 'new'].entries()) {
      expect(asked()).toEqual([id])
      await store(index + 1)
    }
    expect(sure).toEqual([false, false, true])
    expect(outbox.of('tea').map(({ clientMessageId }) => clientMessageId)).toEqual(['failed'])
  })

  it('is waited for, before anything is sent', async () => {
    const { Outbox } = await import('../../outbox.ts')
    const { socket, environment, storage } = outboxWorld()
    const dependencies = { afterKept: () => undefined, onChanged: () => undefined, onStored: () => stored(1) }
    const outbox = new Outbox({ socket, environment, storage: Promise.resolve(storage), ...dependencies })
    outbox
      .add({ clientMessageId: 'a', channelId: 'tea', content: 'a', parentId: null })
      .catch(() => undefined)
    socket.connect()
    await settle()
    expect(socket.asked).toEqual([])
    outbox.restore([record('old', 1)])
    await settle()
    expect(socket.asked.map(({ argument }) => argument)).toMatchObject([{ clientMessageId: 'old' }])
  })
})

describe('the outbox', () => {
  it('takes a thousand, and then says so at once', () => {
    const { outbox, add } = outboxWorld()
    for (let index = 0; index < MAX_WAITING; index += 1) void add(`a${index}`)
    expect(() => add('more')).toThrowError(expect.objectContaining({ code: 'OUTBOX_FULL' }))
    expect(outbox.waiting.get()).toBe(MAX_WAITING)
    outbox.discard('a3')
    expect(() => add('more')).not.toThrow()
  })

  it('works on in memory when the storage fails, or there is none', async () => {
    const { socket, storage, outbox, add, asked, store } = outboxWorld()
    storage.fails = true
    socket.connect()
    void add('a')
    await settle()
    expect(asked()).toEqual(['a'])
    await store()
    expect(outbox.waiting.get()).toBe(0)
  })

  it('lets nobody wait for ever when it is closed, and keeps what waits', async () => {
    const { socket, storage, outbox, add, asked } = outboxWorld()
    const sending = add('a')
    await settle()
    outbox.close()
    await expect(sending).rejects.toMatchObject({ code: 'CLOSED' })
    expect(() => add('b')).toThrowError(expect.objectContaining({ code: 'CLOSED' }))
    socket.connect()
    await settle()
    expect([asked(), [...storage.kept.keys()]]).toEqual([[], ['a']])
  })
})
