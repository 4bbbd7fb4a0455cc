import { newId } from '@parley/model'
import { beforeEach, describe, expect, it } from 'vitest'
import type { DirectoryUser, Ledger } from '../index.ts'
import { type CoreScene, createScene, textTo } from './core-fixture.ts'

const CANARY = 'canary-of-the-ledger'

let scene: CoreScene
beforeEach(async () => {
  scene = await createScene({ limits: 'off' })
})

const explain = (messageId: string, user: string): Promise<Ledger> =>
  scene.core.ledger.explain({ messageId, user })

/** Ann writes to Bob. */
const sendDirect = async () => (await scene.core.direct.send(scene.ann, textTo(scene.bob, CANARY))).message

const createChannel = async (isPrivate: boolean): Promise<string> => {
  const { core, ann, bob } = scene
  const view = await core.channels.create(
    { ...ann, role: 'user' },
    { name: 'ops', isPrivate, memberIds: [bob.id] },
  )
  return view.channel.id
}

const sendToChannel = async (channelId: string) => {
  const { core, ann } = scene
  return (
    await core.channelMessages.send(
      { ...ann, role: 'user' },
      {
        ...{ channelId, content: CANARY, parentId: undefined, clientMessageId: undefined },
      },
    )
  ).message
}

const connect = (id: string, user: DirectoryUser, dialect = 'chat') =>
  scene.core.connections.opened({ id, dialect, userId: user.id })

const tick = () => scene.clock.advance(1_000)
const detailsOf = ({ steps }: Ledger): string => steps.map(({ detail }) => detail).join('\n')

describe('delivery ledger', () => {
  it('LEDGER-1 of an unknown message it says that nothing is stored, and why whisper has no ledger', async () => {
    const ledger = await explain(newId(), scene.bob.id)
    expect(ledger).toMatchObject({ outcome: 'unknown-message', steps: [] })
    expect(ledger.verdict).toContain('Whisper')
  })

  it('LEDGER-1 an unknown user is told apart from an unknown message', async () => {
    const { id, seq } = await sendDirect()
    const ledger = await explain(id, 'nobody-of-this-name')
    expect(ledger.outcome).toBe('unknown-user')
    expect(ledger.steps).toMatchObject([
      { what: 'stored', detail: expect.stringContaining(`position ${seq} `) },
    ])
  })

  it('LEDGER-1 says position, sender and membership, by id and by name alike', async () => {
    const { id, conversationId, createdAt } = await sendDirect()
    const byId = await explain(id, scene.bob.id)
    expect(await explain(id, scene.bob.username.toUpperCase())).toEqual(byId)
    expect(byId.steps[0]).toEqual({
      at: createdAt,
      what: 'stored',
      detail: `Stored at position 1 of conversation ${conversationId}, sent by ${scene.ann.username}.`,
    })
    expect(byId.steps.find(({ what }) => what === 'membership')?.detail).toContain('direct conversation')
  })

  it('LEDGER-1 a stranger is no member, of a direct conversation, a private and a public channel', async () => {
    const messages = [
      await sendDirect(),
      await sendToChannel(await createChannel(true)),
      await sendToChannel(await createChannel(false)),
    ]
    for (const { id } of messages) {
      const ledger = await explain(id, scene.cas.id)
      expect(ledger.outcome).toBe('not-a-member')
      expect(ledger.steps.map(({ what }) => what)).toEqual(['stored', 'membership'])
    }
  })

  it('LEDGER-1 the author receives nothing', async () => {
    const { id } = await sendDirect()
    expect((await explain(id, scene.ann.id)).outcome).toBe('author')
  })

  it('LEDGER-2 a direct message to somebody offline waits for the next chat connection', async () => {
    const { id } = await sendDirect()
    const ledger = await explain(id, scene.bob.id)
    expect(ledger.outcome).toBe('waiting')
    expect(ledger.verdict).toContain('waits for the next chat connection')
  })

  it('LEDGER-2 a connection that does not carry the message is no delivery', async () => {
    connect('hub-1', scene.bob, 'hub')
    await tick()
    const { id } = await sendDirect()
    const ledger = await explain(id, scene.bob.id)
    expect(ledger.outcome).toBe('waiting')
    expect(detailsOf(ledger)).toContain(
      'Connection hub-1 (hub) was open when the message was stored; it does not carry',
    )
  })

  it('LEDGER-2 an open connection that confirmed nothing is said so', async () => {
    connect('chat-1', scene.bob)
    await tick()
    const { id } = await sendDirect()
    const ledger = await explain(id, scene.bob.id)
    expect(ledger.outcome).toBe('unconfirmed')
    expect(ledger.verdict).toContain('is connected by chat')
  })

  it('LEDGER-2 a connection that ended before it confirmed is named with its end', async () => {
    connect('gone-before', scene.bob)
    scene.core.connections.closed('gone-before', 'client')
    await tick()
    connect('chat-1', scene.bob)
    await tick()
    const { id } = await sendDirect()
    await tick()
    scene.core.connections.closed('chat-1', 'slow')
    const ledger = await explain(id, scene.bob.id)
    expect(ledger.outcome).toBe('unconfirmed')
    expect(ledger.verdict).toContain('too slow')
    expect(ledger.verdict).toContain('waits for the next chat connection')
    expect(detailsOf(ledger)).not.toContain('gone-before')
    const times = ledger.steps.flatMap(({ at }) => (at === null ? [] : [at]))
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times).toHaveLength(3)
  })

  it('LEDGER-2 delivered and read are told by the cursors', async () => {
    const { core, bob, ann } = scene
    const first = await sendDirect()
    const second = await sendDirect()
    await core.receipts.delivered(bob, first.conversationId, 1)
    expect((await explain(first.id, bob.id)).outcome).toBe('delivered')
    expect((await explain(second.id, bob.id)).outcome).toBe('waiting')
    await core.receipts.readDirect(bob, ann.id)
    expect((await explain(second.id, bob.id)).outcome).toBe('read')
  })

  it('LEDGER-2 a channel message to an absent member is in the history; by channels it is carried', async () => {
    const { id } = await sendToChannel(await createChannel(true))
    const absent = await explain(id, scene.bob.id)
    expect(absent.outcome).toBe('waiting')
    expect(absent.verdict).toContain('history')
    connect('chat-1', scene.bob, 'chat')
    expect((await explain(id, scene.bob.id)).outcome).toBe('waiting')
    connect('io-1', scene.bob, 'channels')
    expect((await explain(id, scene.bob.id)).outcome).toBe('unconfirmed')
  })

  it('LEDGER-2 a message that was deleted before anybody took it does not arrive', async () => {
    const { core, ann, bob } = scene
    const { id } = await sendDirect()
    await tick()
    await core.channelMessages.delete(ann, id, null)
    const ledger = await explain(id, bob.id)
    expect(ledger.outcome).toBe('deleted')
    expect(ledger.steps.find(({ what }) => what === 'deleted')?.at).toBe(scene.clock.now())
  })

  it('LEDGER-3 content is never shown', async () => {
    const messages = [await sendDirect(), await sendToChannel(await createChannel(true))]
    for (const { id } of messages) {
      for (const user of [scene.ann, scene.bob, scene.cas]) {
        expect(JSON.stringify(await explain(id, user.id))).not.toContain(CANARY)
      }
    }
  })

  it('LEDGER-5 it says when the message is older than what is remembered of connections', async () => {
    const { id } = await sendDirect()
    expect(detailsOf(await explain(id, scene.bob.id))).not.toContain('started after')
    const { createdAt } = (await scene.store.message(id))!.message
    Object.defineProperty(scene.core.connections, 'since', { value: createdAt + 1 })
    expect(detailsOf(await explain(id, scene.bob.id))).toContain('started after the message was stored')
  })
})
