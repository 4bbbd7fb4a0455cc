import { turn } from '@parley/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { ACTIVITY_INTERVAL, DEFAULT_LIMITS, type DirectoryUser } from '../index.ts'
import { channelOf, codeOf, ofType, textIn, UNKNOWN_ID } from './channel-scene.ts'
import { type CoreScene, createScene, textTo, typesOf } from './core-fixture.ts'

let scene: CoreScene
let channelId: string
beforeEach(async () => {
  scene = await createScene({ limits: 'off' })
  channelId = await channelOf(scene, scene.ann, [scene.bob])
})

const post = async (user: DirectoryUser, content = 'x', place = channelId) =>
  (await scene.core.channelMessages.send(user, textIn(place, content))).message

const stateOf = async (messageId: string) => (await scene.store.message(messageId))!

describe('messages of a channel', () => {
  it('CHAN-13 are stored, then told on the channel, but to the connection that sent them', async () => {
    const { core, ann } = scene
    const excepts: (string | null)[] = []
    await core.hub.retain(`conversation:${channelId}`, {
      dialect: 'test',
      deliver: (_topic, _event, except) => void excepts.push(except),
    })
    const heard = await scene.hear(`conversation:${channelId}`)
    const checked = await core.channelMessages.checkSend(ann, textIn(channelId, 'hi'), 'connection-1')
    expect(typesOf(heard)).toEqual([])
    const sent = await core.channelMessages.doSend(checked)
    await turn()
    expect(heard).toEqual([
      {
        type: 'message.created',
        message: sent.message,
        sender: { id: ann.id, username: ann.username, avatar: ann.avatar },
        receiverId: null,
      },
    ])
    expect(excepts).toEqual(['connection-1'])
  })

  it('CHAN-13 an answer names a message of the same channel', async () => {
    const { core, ann, bob } = scene
    const other = await post(ann, 'elsewhere', await channelOf(scene, ann, [bob]))
    const parent = await post(ann)
    const { message } = await core.channelMessages.send(bob, textIn(channelId, 'y', { parentId: parent.id }))
    expect(message.parentId).toBe(parent.id)
    for (const parentId of [other.id, UNKNOWN_ID]) {
      expect(await codeOf(() => core.channelMessages.send(bob, textIn(channelId, 'y', { parentId })))).toBe(
        'NOT_FOUND',
      )
    }
  })

  it('CHAN-14 ONCE-1 a client id is one over chat and channels: the same message, the same answer', async () => {
    const { core, ann, bob } = scene
    const { view } = await core.channels.openDirect(ann, bob.id)
    const first = await core.direct.send(ann, { ...textTo(bob, 'hi'), clientMessageId: 'c1' })
    const heard = await scene.hear(`user:${bob.id}`)
    const command = textIn(view.channel.id, 'hi', { clientMessageId: 'c1' })
    const again = await core.channelMessages.send(ann, command)
    expect(again).toEqual({ ...first, repeated: true })
    await turn()
    expect(heard).toEqual([])
    expect(
      await codeOf(() => core.channelMessages.send(ann, textIn(channelId, 'hi', { clientMessageId: 'c1' }))),
    ).toBe('CLIENT_ID_REUSED')
    expect(await codeOf(() => core.channelMessages.send(ann, { ...command, content: 'ho' }))).toBe(
      'CLIENT_ID_REUSED',
    )
    expect(
      (await core.channelMessages.send(bob, textIn(channelId, 'hi', { clientMessageId: 'c1' }))).repeated,
    ).toBe(false)
  })

  it('CHAN-14 a direct conversation takes no message to a disabled account, nor from a stranger', async () => {
    const { core, ann, bob, cas, store } = scene
    const { view } = await core.channels.openDirect(ann, bob.id)
    expect(await codeOf(() => core.channelMessages.send(cas, textIn(view.channel.id)))).toBe('NOT_A_MEMBER')
    store.addUser({ ...bob, disabled: true })
    core.users.forget(bob.id)
    expect(await codeOf(() => core.channelMessages.send(ann, textIn(view.channel.id)))).toBe(
      'RECEIVER_NOT_FOUND',
    )
    expect((await store.channel({ channelId: view.channel.id, userId: ann.id }))?.channel.seq).toBe(0)
  })

  it('CHAN-9 a message that is not stored is told to nobody and may be sent again', async () => {
    const { core, ann, bob, store, clock } = scene
    await core.presence.connect(bob, 'b')
    const heard = [await scene.hear(`conversation:${channelId}`), await scene.hear(`user:${bob.id}`)]
    const message = await post(ann)
    await turn()
    await clock.advance(ACTIVITY_INTERVAL)
    for (const events of heard) events.length = 0
    const commit = store.commit
    store.commit = (() => Promise.reject(new Error('disk full'))) as typeof store.commit
    const command = textIn(channelId, 'y', { clientMessageId: 'c1' })
    for (const attempt of [
      () => core.channelMessages.send(ann, command),
      () => core.channelMessages.edit(ann, { messageId: message.id, content: 'y' }, null),
      () => core.channelMessages.delete(ann, message.id, null),
      () => core.channelMessages.react(bob, { messageId: message.id, emoji: 'x', on: true }, null),
      () => core.receipts.upToMessage(bob, message.id, 'read', null),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'UNAVAILABLE', retry: 'retry' })
    }
    store.commit = commit
    await clock.advance(ACTIVITY_INTERVAL)
    expect(heard).toEqual([[], []])
    expect((await core.channelMessages.send(ann, command)).repeated).toBe(false)
    store.setAway(true)
    expect(await codeOf(() => core.channelMessages.send(ann, command))).toBe('UNAVAILABLE')
  })
})

describe('changes of a message', () => {
  it('CHAN-15 an edit is its author’s, replaces the mentions, and is told as the message is now', async () => {
    const { core, ann, bob, store, clock } = scene
    const message = await post(ann, `hi @${bob.username}`)
    const heard = await scene.hear(`conversation:${channelId}`)
    expect(
      await codeOf(() => core.channelMessages.edit(bob, { messageId: message.id, content: 'no' }, null)),
    ).toBe('FORBIDDEN')
    await clock.advance(5)
    const changed = await core.channelMessages.edit(ann, { messageId: message.id, content: 'hi all' }, null)
    await turn()
    expect(changed).toEqual({ messageId: message.id, conversationId: channelId, rev: 2, isNew: true })
    expect(ofType(heard, 'message.changed')).toMatchObject([
      { change: 'edited', view: { message: { content: 'hi all', seq: 1, rev: 2, editedAt: clock.now() } } },
    ])
    expect((await store.channel({ channelId, userId: bob.id }))?.mentionCount).toBe(0)
  })

  it('CHAN-15 the same again changes nothing and is told to nobody', async () => {
    const { core, ann, bob } = scene
    const { id: messageId } = await post(ann)
    const reaction = { messageId, emoji: '👍', on: true }
    await core.channelMessages.react(bob, reaction, null)
    const heard = await scene.hear(`conversation:${channelId}`)
    expect(await core.channelMessages.react(bob, reaction, null)).toMatchObject({ isNew: false, rev: 2 })
    expect(await core.channelMessages.react(ann, { ...reaction, on: false }, null)).toMatchObject({
      isNew: false,
    })
    expect(await core.channelMessages.edit(ann, { messageId, content: 'x' }, null)).toMatchObject({
      isNew: false,
      rev: 2,
    })
    await turn()
    expect(heard).toEqual([])
  })

  it('CHAN-15 a deleted message keeps its position and nothing else, and takes no change any more', async () => {
    const { core, ann, bob } = scene
    const { id: messageId } = await post(ann)
    await core.channelMessages.react(bob, { messageId, emoji: '👍', on: true }, null)
    await core.channelMessages.delete(ann, messageId, null)
    expect(await stateOf(messageId)).toMatchObject({
      message: { seq: 1, content: '', deletedAt: expect.any(Number) },
      reactions: [],
    })
    for (const attempt of [
      () => core.channelMessages.delete(ann, messageId, null),
      () => core.channelMessages.edit(ann, { messageId, content: 'y' }, null),
      () => core.channelMessages.react(ann, { messageId, emoji: '👍', on: true }, null),
    ]) {
      expect(await codeOf(attempt)).toBe('NOT_FOUND')
    }
  })

  it('CHAN-15 a moderator who is one no more while deleting is refused', async () => {
    const { core, ann, bob, cas, store } = scene
    await core.channels.invite(ann, channelId, [cas.id])
    await core.channels.setRole(ann, channelId, bob.id, 'moderator')
    const { id: messageId } = await post(cas)
    const commit = store.commit.bind(store)
    let isFirst = true
    store.commit = (async (ops: Parameters<typeof commit>[0]) => {
      if (isFirst) await commit([{ kind: 'set-role', channelId, expect: [], userId: bob.id, role: 'member' }])
      isFirst = false
      return commit(ops)
    }) as typeof store.commit
    expect(await codeOf(() => core.channelMessages.delete(bob, messageId, null))).toBe('FORBIDDEN')
    expect((await stateOf(messageId)).message.deletedAt).toBeNull()
  })

  it('CHAN-15 takes at most 20 different reactions', async () => {
    const { core, ann, bob } = scene
    const { id: messageId } = await post(ann)
    for (let index = 0; index < 20; index += 1) {
      await core.channelMessages.react(bob, { messageId, emoji: `r${index}`, on: true }, null)
    }
    const one = (emoji: string) => () => core.channelMessages.react(ann, { messageId, emoji, on: true }, null)
    expect(await codeOf(one('r20'))).toBe('LIMIT_REACHED')
    expect(await codeOf(one('r0'))).toBe('ok')
  })

  it('CHAN-15 of a direct conversation are told to its two alone, and mention nobody', async () => {
    const { core, ann, bob, cas, store } = scene
    const { message } = await core.direct.send(ann, textTo(bob, `hi @${bob.username}`))
    const [toAnn, toBob, toCas] = [
      await scene.hear(`user:${ann.id}`),
      await scene.hear(`user:${bob.id}`),
      await scene.hear(`user:${cas.id}`),
    ]
    const content = `hello @${bob.username} @${cas.username}`
    await core.channelMessages.edit(ann, { messageId: message.id, content }, null)
    await core.channelMessages.react(bob, { messageId: message.id, emoji: 'ok', on: true }, null)
    await turn()
    for (const heard of [toAnn, toBob])
      expect(typesOf(heard)).toEqual(['message.changed', 'reaction.changed'])
    expect(toCas).toEqual([])
    const view = await store.channel({ channelId: message.conversationId, userId: bob.id })
    expect(view).toMatchObject({ unreadCount: 1, mentionCount: 0 })
  })

  it('CHAN-15 DIRECT-3 an edit leaves an image, file, audio or video an address of the web', async () => {
    const { core, ann, bob, cas } = scene
    const send = { ...textTo(bob, 'https://example.org/a.png'), messageType: 'image' as const }
    const { id: messageId } = (await core.direct.send(ann, send)).message
    const edit = (user: DirectoryUser, content: string) => () =>
      core.channelMessages.edit(user, { messageId, content }, null)
    expect(await codeOf(edit(ann, 'javascript:alert(1)'))).toBe('INVALID')
    expect(await codeOf(edit(ann, 'data:text/html,x'))).toBe('INVALID')
    expect(await codeOf(edit(cas, 'javascript:alert(1)'))).toBe('NOT_FOUND')
    expect(await codeOf(edit(bob, 'javascript:alert(1)'))).toBe('FORBIDDEN')
    expect((await stateOf(messageId)).message.content).toBe('https://example.org/a.png')
    expect(await codeOf(edit(ann, 'https://example.org/b.png'))).toBe('ok')
  })
})

describe('the limit of messages', () => {
  it('LIMIT-1 CHAN-16 is ten a second; edits, deletions and reactions count too', async () => {
    scene = await createScene({ limits: DEFAULT_LIMITS })
    const { core, ann, bob, clock } = scene
    channelId = await channelOf(scene, ann, [bob])
    const { id: messageId } = await post(ann)
    const actions = [
      () => core.channelMessages.send(ann, textIn(channelId)),
      () => core.channelMessages.edit(ann, { messageId, content: `at ${clock.now()}` }, null),
      () => core.channelMessages.react(ann, { messageId, emoji: 'x', on: true }, null),
    ]
    for (let index = 0; index < 9; index += 1) expect(await codeOf(actions[index % 3]!)).toBe('ok')
    for (const action of [...actions, () => core.channelMessages.delete(ann, messageId, null)]) {
      await expect(async () => action()).rejects.toMatchObject({
        code: 'RATE_LIMITED',
        message: 'Too many messages, please slow down.',
        retryAfterMs: expect.any(Number),
      })
    }
    expect(await codeOf(() => core.channelMessages.send(bob, textIn(channelId)))).toBe('ok')
    await clock.advance(1_000)
    expect(await codeOf(actions[0]!)).toBe('ok')
  })
})
