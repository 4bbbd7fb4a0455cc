import { afterEach, describe, expect, it } from 'vitest'
import type { Conversation } from '../../api/conversation.ts'
import { LineWorld, settled, type TestUser } from './world/line-world.ts'
import type { TestClient } from './world/test-client.ts'

let world: LineWorld
afterEach(() => world.stop())

interface Cast {
  readonly ann: TestUser
  readonly bob: TestUser
  readonly tea: string
  readonly a: TestClient
  readonly b: TestClient
  readonly atAnn: () => Conversation
  readonly atBob: () => Conversation
}

/** Ann and Bob in a channel, connected. */
const cast = async (): Promise<Cast> => {
  world = await LineWorld.start()
  const [ann, bob] = [world.addUser('ann'), world.addUser('bob')]
  const tea = await world.addChannel('tea', ann, [bob])
  const [a, b] = [world.addClient(ann), world.addClient(bob)]
  await world.pass(1_000)
  const atAnn = () => a.parley.conversation(tea)
  const atBob = () => b.parley.conversation(tea)
  return { ann, bob, tea, a, b, atAnn, atBob }
}

const say = async (conversation: Conversation, ...texts: readonly string[]): Promise<void> => {
  for (const text of texts) conversation.send(text)
  await world.pass(1_000)
}
const shownTexts = (conversation: Conversation) =>
  conversation.messages.get().items.map(({ source }) => source)
const watch = (conversation: Conversation) => conversation.messages.subscribe(() => undefined)
const core = () => world.core as NonNullable<LineWorld['core']>

describe('receipts', () => {
  it('say what was delivered by themselves, and what was read while somebody looks', async () => {
    const { b, atAnn, atBob } = await cast()
    await say(atAnn(), 'one', 'two')
    const status = () =>
      atAnn()
        .messages.get()
        .items.map((message) => message.status)
    expect(status()).toEqual(['delivered', 'delivered'])
    b.parley.setVisible(false)
    const release = atBob().focus()
    await world.pass(1_000)
    expect(status()).toEqual(['delivered', 'delivered'])
    b.parley.setVisible(true)
    await world.pass(1_000)
    expect(status()).toEqual(['read', 'read'])
    release()
    await say(atAnn(), 'three')
    expect(status()).toEqual(['read', 'read', 'delivered'])
  })

  it('tell what was read although something new came at the same moment', async () => {
    const { a, b, bob, tea, atAnn, atBob } = await cast()
    await say(atAnn(), 'one')
    atBob().markRead()
    atAnn().send('two')
    await world.pass(1_000)
    const { items } = await core().channels.list(bob.id, { limit: 10 })
    expect(items.find(({ channel }) => channel.id === tea)?.cursors).toEqual({ deliveredSeq: 2, readSeq: 1 })
    expect([a.parley.waiting.get(), b.parley.unread.get().messages]).toEqual([0, 1])
  })

  it('are one for many messages', async () => {
    const { b, atAnn } = await cast()
    const emitted: unknown[] = []
    const { timeout } = b.socket
    b.socket.timeout = (ms) => ({
      emitWithAck: (event, ...args) => {
        if (event.startsWith('message:')) emitted.push(event)
        return timeout.call(b.socket, ms).emitWithAck(event, ...args)
      },
    })
    for (let index = 0; index < 20; index += 1) atAnn().send(`message ${index}`)
    await world.pass(2_000, 50)
    expect(new Set(emitted)).toEqual(new Set(['message:delivered']))
    expect(emitted.length).toBeLessThan(5)
  })

  it('are said when nothing is loaded yet', async () => {
    const { bob, tea, b, atAnn, atBob } = await cast()
    b.kill()
    await say(atAnn(), ...Array.from({ length: 70 }, (_, index) => `message ${index}`))
    b.start()
    await world.pass(2_000)
    atBob().markRead()
    await world.pass(1_000)
    const { items } = await core().channels.list(bob.id, { limit: 10 })
    expect(items.find(({ channel }) => channel.id === tea)?.unreadCount).toBe(0)
  })

  it('do not read what came while one wrote elsewhere', async () => {
    const { b, atAnn, atBob } = await cast()
    b.socket.line?.cut()
    await say(atAnn(), 'one', 'two')
    await say(atBob(), 'written without having seen those')
    await world.pass(5_000)
    expect(b.parley.unread.get().messages).toBe(2)
  })
})

describe('what is news', () => {
  it('is told once, with the mention, also of a conversation that was not known', async () => {
    const { ann, bob, b, atAnn } = await cast()
    const heard: string[] = []
    b.parley.on('message', ({ message, isMention }) => heard.push(`${message.source} ${isMention}`))
    await say(atAnn(), 'hello @bob', 'hello all')
    const direct = await world.addDirect(ann, bob)
    await world.flush()
    await say(world.clients[0]!.parley.conversation(direct), 'hello, alone')
    expect(heard).toEqual(['hello @bob true', 'hello all false', 'hello, alone false'])
    expect(b.parley.unread.get()).toEqual({ messages: 3, mentions: 1 })
    // The newest activity first.
    expect(b.parley.conversations.get().items.map(({ name }) => name)).toEqual(['ann', 'tea'])
  })

  it('is nothing that was missed, or is shown from history', async () => {
    const { b, atAnn, atBob } = await cast()
    await say(atAnn(), ...Array.from({ length: 70 }, (_, index) => `old ${index}`))
    b.kill()
    await say(atAnn(), 'missed')
    b.start()
    const heard: string[] = []
    b.parley.on('message', ({ message }) => heard.push(message.source))
    await world.pass(2_000)
    watch(atBob())
    await world.pass(1_000)
    void atBob().loadOlder()
    await world.pass(1_000)
    expect(shownTexts(atBob())).toHaveLength(71)
    expect(heard).toEqual([])
    expect(b.parley.unread.get().messages).toBe(71)
  })
})

describe('a list of messages', () => {
  it('begins anew when too much was missed, with the newest page', async () => {
    const { ann, tea, b, atBob } = await cast()
    watch(atBob())
    await world.pass(1_000)
    b.socket.line?.cut()
    for (let index = 0; index < 1_005; index += 1)
      await core().channelMessages.send(ann, { channelId: tea, content: `many ${index}` })
    await world.pass(5_000)
    expect(shownTexts(atBob())).toEqual(Array.from({ length: 50 }, (_, index) => `many ${index + 955}`))
    expect(atBob().messages.get()).toMatchObject({ hasOlder: true, state: 'ready' })
    expect(b.parley.unread.get().messages).toBe(1_005)
    const loading = atBob().loadUntil({ seq: 800 })
    await world.pass(1_000)
    expect(await loading).toBe(
      atBob()
        .messages.get()
        .items.find(({ seq }) => seq === 800)?.key,
    )
  }, 60_000)

  it('shows an edit that came while the page with its message was on its way', async () => {
    const { ann, tea, b, atAnn, atBob } = await cast()
    for (let index = 0; index < 60; index += 1)
      await core().channelMessages.send(ann, { channelId: tea, content: `text ${index}` })
    b.kill()
    b.start()
    await world.pass(1_000)
    watch(atAnn())
    watch(atBob())
    // The server answers, and the answer is slow.
    await settled()
    for (const request of [...b.http.pending]) await request.step()
    const loading = atAnn().loadUntil({ seq: 20 })
    for (let step = 0; step < 4; step += 1) {
      for (const request of [...world.clients[0]!.http.pending]) await request.step()
      await settled()
    }
    await loading
    const edited = atAnn()
      .messages.get()
      .items.find(({ seq }) => seq === 20)
    void atAnn().edit(edited?.id ?? '', 'edited meanwhile')
    for (let step = 0; step < 6; step += 1) {
      for (const line of world.lines) {
        line.flushToServer()
        await settled()
        line.flushToClient()
        await settled()
      }
    }
    await world.flush()
    expect(
      atBob()
        .messages.get()
        .items.find(({ seq }) => seq === 20)?.source,
    ).toBe('edited meanwhile')
  })

  it('is there before the server is asked, with what waited, after a reload', async () => {
    const { b, atAnn, atBob } = await cast()
    await say(atAnn(), 'one', 'two')
    await world.pass(1_000)
    await world.stopServer()
    atBob().send('written offline')
    await world.pass(1_000)
    b.kill()
    b.start()
    await settled()
    await settled()
    expect(shownTexts(atBob())).toEqual(['one', 'two', 'written offline'])
    expect(atBob().messages.get().items.at(-1)?.status).toBe('sending')
    expect([b.parley.unread.get().messages, b.parley.waiting.get()]).toEqual([2, 1])
    await world.flush()
    await world.startServer()
    await world.pass(60_000, 1_000)
    expect(b.parley.waiting.get()).toBe(0)
    watch(atAnn())
    await world.pass(1_000)
    expect(shownTexts(atAnn())).toEqual(['one', 'two', 'written offline'])
  })

  it('does not bring back what was edited while its acknowledgement was lost', async () => {
    const { ann, a, atAnn } = await cast()
    atAnn().send('as it was written')
    a.socket.line?.flushToServer()
    await settled()
    a.socket.line?.cut()
    const other = world.addClient(ann)
    await world.flush()
    await world.pass(300)
    const conversation = other.parley.conversation(atAnn().id)
    watch(conversation)
    await world.pass(500)
    const [message] = conversation.messages.get().items
    void conversation.edit(message?.id ?? '', 'edited elsewhere')
    await world.pass(10_000)
    expect(shownTexts(atAnn())).toEqual(['edited elsewhere'])
    expect(a.parley.waiting.get()).toBe(0)
  })

  it('is gone with the membership, and one is told', async () => {
    const { ann, bob, tea, b, atAnn, atBob } = await cast()
    await say(atAnn(), 'one')
    const removed: string[] = []
    b.parley.on('removed', ({ conversationId, reason }) => removed.push(`${conversationId} ${reason}`))
    await core().channels.remove(ann.id, tea, bob.id)
    await world.pass(1_000)
    expect(removed).toEqual([`${tea} removed`])
    expect([atBob().summary.get(), shownTexts(atBob())]).toEqual([null, []])
    expect(b.parley.conversations.get().items).toEqual([])
    expect(b.parley.unread.get().messages).toBe(0)
    await core().channels.invite(ann, tea, [bob.id])
    await world.pass(3_000)
    expect(shownTexts(atBob())).toEqual(['one'])
    expect(b.parley.conversations.get().items.map(({ id }) => id)).toEqual([tea])
  })
})

describe('a client that is closed', () => {
  it('works no more, and leaves what waits for the next one', async () => {
    const { b, atBob } = await cast()
    await world.stopServer()
    const { stored } = atBob().send('for later')
    await settled()
    const conversation = atBob()
    await Promise.all([b.parley.close(), expect(stored).rejects.toMatchObject({ code: 'CLOSED' })])
    expect(() => conversation.send('too late')).toThrowError(expect.objectContaining({ code: 'CLOSED' }))
    expect(() => b.parley.connect()).toThrowError(expect.objectContaining({ code: 'CLOSED' }))
    b.start()
    await settled()
    await settled()
    expect(shownTexts(atBob())).toEqual(['for later'])
  })

  it('leaves nothing of the user when it forgets, also while it begins', async () => {
    const { b, atAnn, atBob } = await cast()
    await say(atAnn(), 'one')
    await world.stopServer()
    atBob().send('given up with everything')
    await world.pass(1_000)
    b.kill()
    b.start()
    await b.parley.close({ forget: true })
    await world.startServer()
    b.start()
    await settled()
    await settled()
    expect([shownTexts(atBob()), b.parley.waiting.get()]).toEqual([[], 0])
    expect(b.parley.conversations.get().state).toBe('loading')
  })
})
