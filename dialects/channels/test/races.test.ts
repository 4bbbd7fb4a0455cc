import type { DirectoryUser } from '@parley/core'
import type { SocketClient } from '@parley/testkit/socket-client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ChannelsWorld, senderOf, until } from './world.ts'

let world: ChannelsWorld
let ann: DirectoryUser
let bob: DirectoryUser

beforeEach(async () => {
  world = await ChannelsWorld.start()
  ;[ann, bob] = [world.addUser('Ann'), world.addUser('Bob')]
})
afterEach(() => world.stop())

const channel = async (isPrivate = true): Promise<string> => {
  const command = { name: 'general', isPrivate, memberIds: [bob.id] }
  return (await world.core.channels.create(senderOf(ann), command)).channel.id
}

const joined = async (user: DirectoryUser, channelId: string, auth = {}): Promise<SocketClient> => {
  const client = await world.connect(user, auth)
  expect(await client.ask('room:join', channelId)).toEqual({ ok: true, channelId })
  return client
}

const post = async (channelId: string, content: string) => {
  const command = { channelId, content, parentId: undefined, clientMessageId: undefined }
  return (await world.core.channelMessages.send(senderOf(ann), command)).message
}

/** Holds the answer to the next question of this kind to the store back until `release`; those after it are not held. */
const hold = (method: 'role' | 'channel'): { asked: () => number; release: () => void } => {
  const { store } = world
  const original = store[method].bind(store) as (...args: unknown[]) => Promise<unknown>
  let asked = 0
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  Object.assign(store, {
    [method]: async (...args: unknown[]) => {
      const answer = await original(...args)
      asked += 1
      if (asked === 1) await held
      return answer
    },
  })
  return {
    asked: () => asked,
    release: () => {
      Object.assign(store, { [method]: original })
      release()
    },
  }
}

const contents = (client: SocketClient) => client.of('message:new').map(({ content }) => content)

describe('removal and entering at the same time', () => {
  it('CHANNELS-16 who is removed while the membership is being read does not enter', async () => {
    const channelId = await channel()
    const b = await world.connect(bob)
    const topics = world.core.hub.topics
    const { asked, release } = hold('role')
    const typing = b.ask('message:typing:start', { channelId })
    await until('asked', () => asked() > 0)
    // The answer that is on its way says: a member.
    await world.core.channels.remove(ann.id, channelId, bob.id)
    await b.next('channel:removed')
    release()
    expect(await typing).toMatchObject({ ok: false, error: { code: 'NOT_A_MEMBER' } })
    await post(channelId, 'secret')
    await b.ask('sync')
    expect(contents(b)).toEqual([])
    expect(world.core.hub.topics).toBe(topics)
  })

  it('CHANNELS-16 the first send and the removal in one moment: refused or stored, but nothing is heard later', async () => {
    for (let round = 0; round < 20; round += 1) {
      const channelId = await channel()
      const [a, b] = [await joined(ann, channelId), await world.connect(bob)]
      const sending = b.ask('message:send', { channelId, content: 'first' })
      const removing = world.core.channels.remove(ann.id, channelId, bob.id)
      const later = a.ask('message:send', { channelId, content: 'secret' })
      const [answer] = await Promise.all([sending, removing, later])
      await a.ask('message:send', { channelId, content: 'secret too' })
      await b.ask('sync')
      await a.ask('sync')
      const role = await world.store.role({ channelId, userId: bob.id })
      expect(role).toBeNull()
      expect(contents(b)).not.toContain('secret too')
      expect(contents(a)).toEqual(answer['ok'] === true ? ['first'] : [])
      a.close()
      b.close()
    }
  })

  it('CHANNELS-16 a socket that goes while it enters leaves nothing behind', async () => {
    const channelId = await channel()
    for (const method of ['channel', 'role'] as const) {
      const before = [world.core.hub.topics, world.rooms]
      const b = await world.connect(bob, { inbox: false })
      const { asked, release } = hold(method)
      b.emit(method === 'channel' ? 'room:join' : 'message:send', { channelId, content: 'last words' })
      await until('asked', () => asked() > 0)
      b.close()
      await until('gone', () => world.rooms === before[1])
      release()
      await expect.poll(() => [world.core.hub.topics, world.rooms]).toEqual(before)
    }
  })

  it('CHANNELS-16 a receipt for a channel one just left is not found', async () => {
    const channelId = await channel()
    const b = await joined(bob, channelId)
    const { id: messageId } = await post(channelId, 'x')
    await world.core.channels.leave(bob.id, channelId)
    for (const event of ['message:delivered', 'message:read']) {
      expect(await b.ask(event, { messageId, channelId })).toEqual({
        ok: false,
        error: { code: 'NOT_FOUND', message: 'Message not found' },
      })
    }
  })
})

describe('many events without waiting', () => {
  it('CHANNELS-17 300 sends are stored in their order, however few commits may wait', async () => {
    const channelId = await channel()
    const [a, b] = [await world.connect(ann), await joined(bob, channelId)]
    const asking = Array.from({ length: 300 }, (_, index) =>
      a.ask('message:send', { channelId, content: `${index}`, clientMessageId: `c${index}` }),
    )
    const answers = await Promise.all(asking)
    const whole = Array.from({ length: 300 }, (_, index) => index)
    expect(answers.map(({ seq }) => seq)).toEqual(whole.map((index) => index + 1))
    await until('all came', () => b.of('message:new').length === 300)
    expect(contents(b)).toEqual(whole.map(String))
    expect(a.of('message:sent').map(({ clientMessageId }) => clientMessageId)).toEqual(
      whole.map((index) => `c${index}`),
    )
  })

  it('CHANNELS-17 no more than 256 of one socket wait for the store; the others come after them', async () => {
    const channelId = await channel()
    const a = await joined(ann, channelId)
    const { store } = world
    const commit = store.commit.bind(store)
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    store.commit = (async (ops: Parameters<typeof commit>[0]) => {
      await held
      return commit(ops)
    }) as typeof store.commit
    const { channelMessages } = world.core
    const doSend = channelMessages.doSend.bind(channelMessages)
    let sent = 0
    channelMessages.doSend = (checked) => {
      sent += 1
      return doSend(checked)
    }
    const asking = Array.from({ length: 300 }, (_, index) =>
      a.ask('message:send', { channelId, content: `${index}` }),
    )
    await until('as many as may wait', () => sent >= 256)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(sent).toBe(256)
    release()
    const answers = await Promise.all(asking)
    expect(answers.map(({ seq }) => seq)).toEqual(answers.map((_, index) => index + 1))
  })
})

describe('the answer to sync', () => {
  it('CHAN-18 is never so large that the connection counts as slow, and its pages are the whole', async () => {
    const channelId = await channel()
    const content = '漢'.repeat(2_000)
    await Promise.all(Array.from({ length: 300 }, () => post(channelId, content)))
    const b = await world.connect(bob)
    const seqs: number[] = []
    for (let rev = 0, more = true; more; ) {
      const answer = await b.ask('sync', { cursors: { [channelId]: rev } })
      expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(1_048_576)
      const [page] = answer.channels
      seqs.push(...page.events.map((one: { message: { seq: number } }) => one.message.seq))
      ;({ rev, more } = page)
    }
    expect(seqs).toEqual(Array.from({ length: 300 }, (_, index) => index + 1))
    expect(b.socket.connected).toBe(true)
  })
})

describe('an inbox', () => {
  it('CHANNELS-18 misses nothing: what came before sync is in its answer, what comes after is heard', async () => {
    const channels = await Promise.all(Array.from({ length: 30 }, () => channel()))
    let isDone = false
    const posted = new Set<string>()
    const posting = (async () => {
      for (let index = 0; !isDone || index < 60; index += 1) {
        posted.add((await post(channels[index % channels.length]!, `${index}`)).id)
      }
    })()
    const b = await world.connect(bob, { inbox: true })
    const answer = await b.ask('sync')
    isDone = true
    await posting
    await b.ask('sync')
    const synced = (answer['channels'] as { events: { message: { id: string } }[] }[]).flatMap(({ events }) =>
      events.map(({ message }) => message.id),
    )
    const live = b.of('message:new').map(({ id }) => id as string)
    expect(new Set([...synced, ...live])).toEqual(posted)
    expect(new Set(live).size).toBe(live.length)
  })

  it('CHANNELS-18 that cannot be filled is closed, so that its client comes again', async () => {
    await channel()
    await channel()
    const { store } = world
    vi.spyOn(store, 'channels').mockRejectedValueOnce(new Error('away'))
    const b = await world.connect(bob, { inbox: true })
    await until('closed', () => !b.socket.connected)
  })

  it('CHANNELS-18 that lost a channel while it was filled does not show it', async () => {
    const [kept, lost] = [await channel(), await channel(true)]
    const { store } = world
    const { channels } = store
    vi.spyOn(store, 'channels').mockImplementationOnce(async (query) => {
      const page = await channels.call(store, query)
      await world.core.channels.remove(ann.id, lost, bob.id)
      return page
    })
    const b = await world.connect(bob, { inbox: true })
    await b.ask('sync')
    await post(lost, 'secret')
    await post(kept, 'open')
    expect(await b.next('message:new')).toMatchObject({ content: 'open' })
    expect(b.of('message:new')).toHaveLength(1)
  })

  it('CHANNELS-18 that could not enter a new channel does so when something is said there', async () => {
    const b = await world.connect(bob, { inbox: true })
    await b.ask('sync')
    const { store } = world
    const { role } = store
    store.role = () => Promise.reject(new Error('away'))
    const channelId = await channel()
    await b.next('channel:updated')
    store.role = role
    await post(channelId, 'one')
    await b.next('channel:activity')
    await b.ask('sync')
    await post(channelId, 'two')
    expect(await b.next('message:new')).toMatchObject({ content: 'two' })
  })

  it('CHANNELS-18 hears of a channel also after it left the room', async () => {
    const channelId = await channel()
    const b = await joined(bob, channelId, { inbox: true })
    expect(await b.ask('room:leave', channelId)).toMatchObject({ ok: true })
    await post(channelId, 'one')
    expect(await b.next('message:new')).toMatchObject({ content: 'one' })
  })

  it('CHANNELS-18 a socket of the same user that leaves a room does not end what another one types', async () => {
    const channelId = await channel()
    const [a, b, second] = [
      await joined(ann, channelId),
      await joined(bob, channelId),
      await joined(bob, channelId),
    ]
    await b.ask('message:typing:start', { channelId })
    await a.next('message:typing:start')
    await second.ask('room:leave', channelId)
    await a.ask('sync')
    expect(a.of('message:typing:stop')).toEqual([])
    await b.ask('room:leave', channelId)
    expect(await a.next('message:typing:stop')).toMatchObject({ userId: bob.id })
  })
})
