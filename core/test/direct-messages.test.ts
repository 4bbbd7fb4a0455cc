import { Fault, newId, type SendDirect } from '@parley/model'
import { turn } from '@parley/testkit'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type CoreScene, createScene, textTo, typesOf } from './core-fixture.ts'

let scene: CoreScene
beforeEach(async () => {
  scene = await createScene()
})

/** The fault of a check, whether it was thrown at once or came later. */
const faultOf = async (attempt: () => unknown): Promise<Fault> => {
  try {
    await attempt()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('direct messages: what is refused', () => {
  it('DIRECT-1 everything is refused before anything is written', async () => {
    const { core, store, ann, bob, addUser } = scene
    const commit = vi.spyOn(store, 'commit')
    const guest = addUser({ role: 'guest' })
    const refusals: [sender: typeof ann, command: SendDirect, code: string][] = [
      [guest, textTo(bob), 'FORBIDDEN'],
      [ann, textTo(ann), 'SELF_MESSAGE'],
      [ann, textTo(bob, 'x'.repeat(5_001)), 'TOO_LONG'],
      [ann, { ...textTo(bob, 'ftp://x'), messageType: 'image' }, 'INVALID'],
      [ann, { ...textTo(bob), receiverId: newId() }, 'RECEIVER_NOT_FOUND'],
    ]
    const heard = await scene.hear(`user:${bob.id}`)
    for (const [sender, command, code] of refusals) {
      const fault = await faultOf(() => core.direct.checkSend(sender, command, null))
      expect(fault).toMatchObject({ code, retry: 'never' })
      expect(await faultOf(() => core.direct.send(sender, command))).toMatchObject({ code })
    }
    await turn()
    expect(commit).not.toHaveBeenCalled()
    expect(heard).toEqual([])
  })

  it('DIRECT-1 the limit is checked before the write and says when to come back', async () => {
    const { core, store, clock, ann, bob } = scene
    for (let index = 0; index < 20; index += 1) await core.direct.send(ann, textTo(bob, `${index}`))
    const commit = vi.spyOn(store, 'commit')
    const fault = await faultOf(() => core.direct.send(ann, textTo(bob)))
    expect(fault).toMatchObject({ code: 'RATE_LIMITED', retry: 'retry', retryAfterMs: 1_000 })
    expect(commit).not.toHaveBeenCalled()
    await clock.advance(1_000)
    expect((await core.direct.send(ann, textTo(bob))).message.seq).toBe(21)
  })

  it('DIRECT-2 a disabled account, a guest and an unknown id cannot be told apart', async () => {
    const { core, ann, addUser } = scene
    const receivers = [addUser({ disabled: true }).id, addUser({ role: 'guest' }).id, newId()]
    for (const receiverId of receivers) {
      const { code, message, status } = await faultOf(() =>
        core.direct.send(ann, { receiverId, content: 'hello', messageType: 'text' }),
      )
      expect({ code, message, status }).toEqual({
        code: 'RECEIVER_NOT_FOUND',
        message: 'Receiver not found',
        status: 404,
      })
    }
  })

  it('DIRECT-3 what is not text must be a web address, absolute or of this server', async () => {
    const { core, ann, bob } = await createScene({ limits: 'off' })
    const check = (content: string) =>
      Promise.resolve().then(() =>
        core.direct.checkSend(ann, { receiverId: bob.id, content, messageType: 'file' }, null),
      )
    for (const good of ['https://example.org/a.png', 'http://x/y', '/files/1.png', 'a.png', '//cdn.org/x']) {
      await expect(check(good), good).resolves.toBeDefined()
    }
    for (const bad of [
      'javascript:alert(1)',
      'JavaScript:alert(1)',
      'java\nscript:alert(1)',
      ' data:text/html,x',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc/passwd',
      'blob:http://x/y',
      'http://',
      'https://[',
    ]) {
      await expect(check(bad), bad).rejects.toMatchObject({ code: 'INVALID' })
    }
    expect(await core.direct.send(ann, textTo(bob, 'javascript:alert(1)'))).toBeDefined()
  })
})

describe('direct messages: what is sent', () => {
  it('ACK-1 is told to both sides after the commit, but not to the connection that sent', async () => {
    const { core, store, ann, bob } = scene
    const order: string[] = []
    const commit = store.commit.bind(store)
    vi.spyOn(store, 'commit').mockImplementation(async (ops) => {
      await turn()
      const outcomes = await commit(ops)
      order.push('committed')
      return outcomes
    })
    for (const user of [ann, bob]) {
      await core.hub.retain(`user:${user.id}`, {
        dialect: user.id,
        deliver: (_topic, { type }, except) => {
          order.push(`${type} ${user === ann ? 'ann' : 'bob'} ${except}`)
        },
      })
    }
    const checked = await core.direct.checkSend(ann, textTo(bob), 'connection-1')
    await core.direct.doSend(checked).then(() => order.push('acknowledged'))
    await turn()
    expect(order[0]).toBe('committed')
    expect(order.slice(1).sort()).toEqual([
      'acknowledged',
      'message.created ann connection-1',
      'message.created bob connection-1',
    ])
  })

  it('ACK-1 a commit that fails is a retryable fault, and nobody gets the message', async () => {
    const { core, store, ann, bob } = scene
    const [annHears, bobHears] = [await scene.hear(`user:${ann.id}`), await scene.hear(`user:${bob.id}`)]
    const command = { ...textTo(bob), clientMessageId: 'once' }
    const checked = await core.direct.checkSend(ann, command, 'connection-1')
    store.setAway(true)
    expect(await faultOf(() => core.direct.doSend(checked))).toMatchObject({
      code: 'UNAVAILABLE',
      retry: 'retry',
    })
    await turn()
    store.setAway(false)
    expect([annHears, bobHears]).toEqual([[], []])
    expect(await core.direct.waiting(bob.id, 10)).toEqual([])
    const sent = await core.direct.send(ann, command)
    expect(sent).toMatchObject({ repeated: false, message: { seq: 1 } })
    await turn()
    expect(typesOf(bobHears)).toEqual(['message.created'])
  })

  it('ACK-1 whatever a store fails with, the sender gets a retryable fault that tells nothing of it', async () => {
    const { core, store, ann, bob } = scene
    vi.spyOn(store, 'commit').mockRejectedValueOnce(new Error('SQLITE_FULL: /var/lib/secret.db'))
    const fault = await faultOf(() => core.direct.send(ann, textTo(bob)))
    expect(fault).toMatchObject({
      code: 'UNAVAILABLE',
      retry: 'retry',
      message: 'Nothing was stored. Try again.',
    })
    expect((await core.direct.send(ann, textTo(bob))).message.seq).toBe(1)
  })

  it('ONCE-1 a repeated client id stores, tells and counts nothing, and gets the first message', async () => {
    const { core, ann, bob } = scene
    const heard = await scene.hear(`user:${bob.id}`)
    const command = { ...textTo(bob), clientMessageId: 'c' }
    const [first, second] = await Promise.all([
      core.direct.send(ann, command),
      core.direct.send(ann, command),
    ])
    await turn()
    expect([first.repeated, second.repeated]).toEqual([false, true])
    expect(second.message).toEqual(first.message)
    expect(heard).toHaveLength(1)
  })

  it('ONCE-2 a client id of another message is refused', async () => {
    const { core, ann, bob, cas } = scene
    await core.direct.send(ann, { ...textTo(bob), clientMessageId: 'c' })
    for (const command of [textTo(bob, 'other'), textTo(cas)]) {
      const fault = await faultOf(() => core.direct.send(ann, { ...command, clientMessageId: 'c' }))
      expect(fault).toMatchObject({ code: 'CLIENT_ID_REUSED', retry: 'never' })
    }
    const fault = await faultOf(() => core.direct.send(ann, { ...textTo(bob), parentId: newId() }))
    expect(fault).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('TYPE-2 typing to somebody ends on sending to them, before the message comes', async () => {
    const { core, ann, bob, cas } = scene
    const [bobHears, casHears] = [await scene.hear(`user:${bob.id}`), await scene.hear(`user:${cas.id}`)]
    core.typing.start(ann, { directWith: bob.id }, 'c1')
    core.typing.start(ann, { directWith: cas.id }, 'c1')
    await core.direct.send(ann, textTo(bob))
    await turn()
    expect(bobHears.map((event) => (event.type === 'typing.changed' ? event.isTyping : event.type))).toEqual([
      true,
      false,
      'message.created',
    ])
    expect(typesOf(casHears)).toEqual(['typing.changed'])
  })
})
