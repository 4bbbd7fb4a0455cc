import { newId } from '@parley/model'
import { plainAccount, turn } from '@parley/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CoreEvent } from '../index.ts'
import { textIn } from './channel-scene.ts'
import { textTo } from './core-fixture.ts'
import { createTwoNodes, listen, messagesIn, type TwoNodes } from './two-nodes.ts'

let scene: TwoNodes
beforeEach(async () => {
  scene = await createTwoNodes()
})
afterEach(() => scene.stop())

const say = async (content: string, node: 0 | 1 = 0): Promise<string> => {
  const { core } = scene.nodes[node]
  return (await core.channelMessages.send(scene.ann, textIn(scene.channelId, content))).message.id
}
const write = (content: string) => scene.nodes[0].core.direct.send(scene.ann, textTo(scene.bob, content))
const wordsIn = (events: readonly CoreEvent[]): string[] => messagesIn(events).map(({ content }) => content)
const loseAll = (): void => {
  scene.network.fate = () => []
}
const loseNone = (): void => {
  scene.network.fate = () => [0]
}
/** Loses what is said, and not what is announced of it. */
const loseEvents = (): void => {
  scene.network.fate = (topic) => (topic === 'nodes' ? [0] : [])
}

describe('what the bus lost', () => {
  it('NODE-1 is filled in before what came after it, each once', async () => {
    const { nodes, clock, channelId, bob } = scene
    const shown = await listen(nodes[1], `conversation:${channelId}`)
    const inbox = await listen(nodes[1], `user:${bob.id}`)
    await say('1')
    await write('a')
    loseAll()
    for (const word of ['2', '3']) await say(word)
    for (const word of ['b', 'c']) await write(word)
    loseNone()
    await say('4')
    await write('d')
    await turn()
    expect(wordsIn(shown)).toEqual(['1'])
    await clock.advance(500)
    expect(wordsIn(shown)).toEqual(['1', '2', '3', '4'])
    expect(wordsIn(inbox)).toEqual(['a', 'b', 'c', 'd'])
  })

  it('NODE-1 comes in order when the events of two nodes overtake each other, without asking the store', async () => {
    const { nodes, network, clock, channelId, store } = scene
    const shown = await listen(nodes[1], `conversation:${channelId}`)
    network.fate = () => [50]
    await say('1')
    loseNone()
    await say('2')
    await turn()
    expect(wordsIn(shown)).toEqual([])
    const read = store.changesOf.bind(store)
    let reads = 0
    store.changesOf = (query) => {
      reads += 1
      return read(query)
    }
    await clock.advance(60)
    expect(wordsIn(shown)).toEqual(['1', '2'])
    expect(reads).toBe(0)
  })

  it('NODE-2 is found within 2 s when it was the last that was said', async () => {
    const { nodes, clock, channelId, bob } = scene
    const shown = await listen(nodes[1], `conversation:${channelId}`)
    const inbox = await listen(nodes[1], `user:${bob.id}`)
    loseEvents()
    await say('1')
    await write('a')
    await clock.advance(2_000)
    expect([wordsIn(shown), wordsIn(inbox)]).toEqual([['1'], ['a']])
    await clock.advance(10_000)
    expect([wordsIn(shown), wordsIn(inbox)]).toEqual([['1'], ['a']])
  })

  it('NODE-2 is found in a channel that is shown though the node that said it died at once', async () => {
    const { nodes, clock, channelId } = scene
    const shown = await listen(nodes[1], `conversation:${channelId}`)
    await clock.advance(5_000)
    loseAll()
    await say('1')
    await nodes[0].core.stop()
    await clock.advance(5_000)
    expect(wordsIn(shown)).toEqual(['1'])
  })

  it('NODE-2 is found within 2 s in a direct conversation, an old one and a new one, though its node died at once', async () => {
    const { nodes, clock, ann, bob, store } = scene
    const inbox = await listen(nodes[1], `user:${bob.id}`)
    const cleo = plainAccount({ id: newId(), username: 'cleo' })
    store.addUser(cleo)
    await write('a')
    await clock.advance(5_000)
    loseAll()
    await write('b')
    await nodes[0].core.direct.send(cleo, textTo(bob, 'hi'))
    await nodes[0].core.stop()
    expect(wordsIn(inbox)).toEqual(['a'])
    await clock.advance(2_000)
    expect(wordsIn(inbox).sort()).toEqual(['a', 'b', 'hi'])
    // Whoever opens it later is not told again what was before.
    const late = await listen(nodes[1], `user:${ann.id}`)
    await clock.advance(10_000)
    expect([wordsIn(inbox).length, wordsIn(late)]).toEqual([3, []])
  })

  it('NODE-2 is found in its turn when it was a reaction, whose node died at once', async () => {
    const { nodes, clock, channelId, ann } = scene
    const messageId = await say('1')
    const shown = await listen(nodes[1], `conversation:${channelId}`)
    await clock.advance(5_000)
    loseAll()
    await nodes[0].core.channelMessages.react(ann, { messageId, emoji: '👍', on: true }, null)
    await nodes[0].core.stop()
    await clock.advance(5_000)
    expect(shown.map(({ type }) => type)).toEqual(['message.changed'])
  })

  it('NODE-2 is found when its node died with it and its author, who got no answer, sends it again to another', async () => {
    const { nodes, clock, ann, bob } = scene
    const inbox = await listen(nodes[1], `user:${bob.id}`)
    const send = (node: 0 | 1, content: string) =>
      nodes[node].core.direct.send(ann, { ...textTo(bob, content), clientMessageId: `id-${content}` })
    await send(0, 'a')
    await clock.advance(5_000)
    loseAll()
    await send(0, 'b')
    await nodes[0].core.stop()
    loseNone()
    expect((await send(1, 'b')).repeated).toBe(true)
    expect(wordsIn(inbox)).toEqual(['a'])
    await clock.advance(2_000)
    expect(wordsIn(inbox)).toEqual(['a', 'b'])
    // What was told is not told again, however often it is sent.
    for (const content of ['a', 'b', 'a']) await send(1, content)
    await clock.advance(5_000)
    await send(1, 'c')
    expect(wordsIn(inbox)).toEqual(['a', 'b', 'c'])
  })

  it('NODE-3 edits, deletions and reactions are told as they are now', async () => {
    const { nodes, clock, channelId, ann } = scene
    const [kept, gone] = [await say('kept'), await say('gone')]
    const shown = await listen(nodes[1], `conversation:${channelId}`)
    loseEvents()
    const { channelMessages } = nodes[0].core
    await channelMessages.edit(ann, { messageId: kept, content: 'edited' }, null)
    await channelMessages.react(ann, { messageId: kept, emoji: '👍', on: true }, null)
    await channelMessages.delete(ann, gone, null)
    await clock.advance(2_000)
    const changes = shown.flatMap((event) => (event.type === 'message.changed' ? [event] : []))
    expect(changes).toHaveLength(shown.length)
    expect(changes.map(({ change, view }) => [change, view.message.content, view.reactions.length])).toEqual([
      ['edited', 'edited', 1],
      ['deleted', '', 0],
    ])
  })

  it('NODE-4 sends and local delivery go on while a node is cut off, and both sides converge within 3 s of its return', async () => {
    const { nodes, clock, channelId, ann, bob } = scene
    const lists = [await listen(nodes[0], `user:${ann.id}`), await listen(nodes[1], `user:${bob.id}`)]
    const shown = await Promise.all(nodes.map((node) => listen(node, `conversation:${channelId}`)))
    nodes[1].bus.setUp(false)
    await write('a1')
    await nodes[1].core.direct.send(bob, textTo(ann, 'b1'))
    await say('c1')
    await say('c2', 1)
    await clock.advance(200)
    expect(wordsIn(lists[0]!)).toContain('a1')
    await clock.advance(180_000)
    nodes[1].bus.setUp(true)
    await clock.advance(3_000)
    for (const list of lists) expect(wordsIn(list)).toEqual(['a1', 'b1'])
    for (const list of shown) expect(wordsIn(list)).toEqual(['c1', 'c2'])
  })

  it('NODE-1 what came while the store was read may have a hole before it, too', async () => {
    const { nodes, clock, channelId, store } = scene
    const shown = await listen(nodes[1], `conversation:${channelId}`)
    await say('1')
    loseAll()
    await say('2')
    loseNone()
    const read = store.changesOf.bind(store)
    store.changesOf = async (query) => {
      store.changesOf = read
      const rows = await read(query)
      // Said after the read; the first of them is lost.
      loseAll()
      await say('4')
      loseNone()
      await say('5')
      return rows
    }
    await say('3')
    for (let step = 0; step < 10; step += 1) await clock.advance(100)
    expect(wordsIn(shown)).toEqual(['1', '2', '3', '4', '5'])
  })

  it('NODE-5 what was there before a connection showed it is not told again', async () => {
    const { nodes, clock, channelId, bob } = scene
    loseEvents()
    await say('before')
    await write('before')
    const shown = await listen(nodes[1], `conversation:${channelId}`)
    const inbox = await listen(nodes[1], `user:${bob.id}`)
    await clock.advance(10_000)
    expect([wordsIn(shown), wordsIn(inbox)]).toEqual([[], []])
    await say('after')
    await write('after')
    await clock.advance(2_000)
    expect([wordsIn(shown), wordsIn(inbox)]).toEqual([['after'], ['after']])
  })

  it('NODE-5 nor what came, or was lost, while it was being shown', async () => {
    const { nodes, network, clock, channelId, store } = scene
    const read = store.messages.bind(store)
    store.messages = async (query) => {
      store.messages = read
      const page = await read(query)
      loseAll()
      await say('1')
      network.fate = () => [50]
      await say('2')
      loseNone()
      await say('3')
      await turn()
      return page
    }
    const shown = await listen(nodes[1], `conversation:${channelId}`)
    expect(wordsIn(shown)).toEqual(['3'])
    // From now on the listener has read everything.
    shown.length = 0
    await clock.advance(5_000)
    expect(wordsIn(shown)).toEqual([])
    await say('4')
    expect(wordsIn(shown)).toEqual(['4'])
  })

  it('NODE-5 nor what was being read for one that showed it before, and went', async () => {
    const { nodes, clock, channelId, store } = scene
    const topic = `conversation:${channelId}` as const
    const gone = { dialect: 'gone', deliver: () => {} }
    await nodes[1].core.hub.retain(topic, gone)
    loseAll()
    await say('1')
    loseNone()
    const read = store.changesOf.bind(store)
    let shown: CoreEvent[] = []
    store.changesOf = async (query) => {
      store.changesOf = read
      const rows = await read(query)
      nodes[1].core.hub.release(topic, gone)
      shown = await listen(nodes[1], topic)
      return rows
    }
    await say('2')
    for (let step = 0; step < 10; step += 1) await clock.advance(100)
    expect(wordsIn(shown)).toEqual([])
    await say('3')
    expect(wordsIn(shown)).toEqual(['3'])
  })

  it('NODE-5 comes when the store is back, if that was away too', async () => {
    const { nodes, clock, channelId, store } = scene
    const shown = await listen(nodes[1], `conversation:${channelId}`)
    loseEvents()
    await say('1')
    const read = store.changesOf.bind(store)
    store.changesOf = () => Promise.reject(new Error('the store is away'))
    await clock.advance(5_000)
    expect(wordsIn(shown)).toEqual([])
    store.changesOf = read
    await clock.advance(2_000)
    expect(wordsIn(shown)).toEqual(['1'])
  })
})
