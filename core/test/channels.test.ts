import { turn } from '@parley/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { ACTIVITY_INTERVAL, type DirectoryUser, type WriteOp } from '../index.ts'
import { channelOf, codeOf, ofType, textIn, viewOf } from './channel-scene.ts'
import { type CoreScene, createScene, typesOf } from './core-fixture.ts'

let scene: CoreScene
beforeEach(async () => {
  scene = await createScene({ limits: 'off' })
})

const roleOf = (user: DirectoryUser, channelId: string) => scene.store.role({ channelId, userId: user.id })

/** Lets nothing be stored until `release` is called; what waited is then one batch, in the order of its submission. */
const holdCommits = (): { release: () => void; batches: (readonly WriteOp[])[] } => {
  const { store } = scene
  const commit = store.commit.bind(store)
  const batches: (readonly WriteOp[])[] = []
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  store.commit = (async (ops: readonly WriteOp[]) => {
    await held
    batches.push(ops)
    return commit(ops)
  }) as typeof store.commit
  return { release, batches }
}

/** Before the next commit of this kind, as if another node had been faster. */
const meanwhile = (kind: WriteOp['kind'], change: () => Promise<unknown>, times = 1): void => {
  const { store } = scene
  const commit = store.commit.bind(store)
  let left = times
  store.commit = (async (ops: readonly WriteOp[]) => {
    if (left > 0 && ops.some((op) => op.kind === kind)) {
      left -= 1
      await change()
    }
    return commit(ops)
  }) as typeof store.commit
}

describe('what was decided on changed meanwhile', () => {
  it('CHAN-4 is decided again: a moderator who was degraded in between is refused', async () => {
    const { core, ann, bob, cas, store } = scene
    const channelId = await channelOf(scene, ann, [bob, cas])
    await core.channels.setRole(ann, channelId, bob.id, 'moderator')
    const commit = store.commit.bind(store)
    const expect_ = [
      { userId: ann.id, role: 'owner' as const },
      { userId: bob.id, role: 'moderator' as const },
    ]
    meanwhile('remove-member', () =>
      commit([{ kind: 'set-role', channelId, expect: expect_, userId: bob.id, role: 'member' }]),
    )
    expect(await codeOf(() => core.channels.remove(bob.id, channelId, cas.id))).toBe('FORBIDDEN')
    expect(await roleOf(cas, channelId)).toBe('member')
  })

  it('CHAN-4 is done again when it may still be done, and told once', async () => {
    const { core, ann, bob, cas, store } = scene
    const channelId = await channelOf(scene, ann, [bob, cas])
    const heard = await scene.hear(`user:${cas.id}`)
    const commit = store.commit.bind(store)
    const makeModerator = [{ userId: cas.id, role: 'member' as const }]
    meanwhile('remove-member', () =>
      commit([{ kind: 'set-role', channelId, expect: makeModerator, userId: cas.id, role: 'moderator' }]),
    )
    await core.channels.remove(ann.id, channelId, cas.id)
    await turn()
    expect(await roleOf(cas, channelId)).toBeNull()
    expect(ofType(heard, 'channel.left')).toHaveLength(1)
  })

  it('CHAN-4 a channel that became private while somebody joined lets nobody in', async () => {
    const { core, ann, bob, store } = scene
    const channelId = await channelOf(scene, ann, [])
    const commit = store.commit.bind(store)
    meanwhile('add-members', () =>
      commit([{ kind: 'update-channel', channelId, expect: [], isPrivate: true, at: 1 }]),
    )
    expect(await codeOf(() => core.channels.join(bob, channelId))).toBe('NOT_A_MEMBER')
    expect(await roleOf(bob, channelId)).toBeNull()
  })

  it('CHAN-4 after five attempts the caller is told to try again, and nothing is changed', async () => {
    const { core, ann, bob, store } = scene
    const channelId = await channelOf(scene, ann, [bob])
    const commit = store.commit.bind(store)
    let flips = 0
    meanwhile(
      'remove-member',
      async () => {
        const role = flips % 2 === 0 ? 'moderator' : 'member'
        flips += 1
        await commit([{ kind: 'set-role', channelId, expect: [], userId: bob.id, role }])
      },
      100,
    )
    expect(await codeOf(() => core.channels.remove(ann.id, channelId, bob.id))).toBe('CONFLICT')
    expect(flips).toBe(5)
    expect(await roleOf(bob, channelId)).not.toBeNull()
  })
})

describe('the owner', () => {
  it('CHAN-5 is one: making another member the owner makes the old one a moderator, and both are told', async () => {
    const { core, ann, bob } = scene
    const channelId = await channelOf(scene, ann, [bob])
    const [toAnn, toBob] = [await scene.hear(`user:${ann.id}`), await scene.hear(`user:${bob.id}`)]
    await core.channels.setRole(ann, channelId, bob.id, 'owner')
    await turn()
    expect([await roleOf(ann, channelId), await roleOf(bob, channelId)]).toEqual(['moderator', 'owner'])
    expect(ofType(toAnn, 'channel.changed').map(({ role }) => role)).toEqual(['moderator'])
    expect(ofType(toBob, 'channel.changed').map(({ role }) => role)).toEqual(['owner'])
  })

  it('CHAN-5 cannot lay the role down, but pass it on', async () => {
    const { core, ann, bob } = scene
    const channelId = await channelOf(scene, ann, [bob])
    expect(await codeOf(() => core.channels.setRole(ann, channelId, ann.id, 'member'))).toBe('FORBIDDEN')
    await core.channels.setRole(ann, channelId, ann.id, 'owner')
    expect(await roleOf(ann, channelId)).toBe('owner')
  })

  it('CHAN-5 who leaves is followed by the oldest moderator, who is told', async () => {
    const { core, ann, bob, cas } = scene
    const channelId = await channelOf(scene, ann, [bob, cas])
    await core.channels.setRole(ann, channelId, cas.id, 'moderator')
    const toCas = await scene.hear(`user:${cas.id}`)
    await core.channels.leave(ann.id, channelId)
    await turn()
    expect([await roleOf(bob, channelId), await roleOf(cas, channelId)]).toEqual(['member', 'owner'])
    expect(ofType(toCas, 'channel.changed').map(({ role }) => role)).toEqual(['owner'])
  })

  it('CHAN-5 who leaves as the last archives the channel', async () => {
    const { core, ann } = scene
    const channelId = await channelOf(scene, ann, [])
    await core.channels.leave(ann.id, channelId)
    expect((await core.channels.get(ann.id, channelId)).channel).toMatchObject({
      memberCount: 0,
      archivedAt: expect.any(Number),
    })
    expect(await codeOf(() => core.channels.join(ann, channelId))).toBe('ARCHIVED')
  })
})

describe('who hears of a channel', () => {
  it('CHAN-6 its members of its making, each with the own role', async () => {
    const { ann, bob, cas } = scene
    const [toAnn, toBob, toCas] = [
      await scene.hear(`user:${ann.id}`),
      await scene.hear(`user:${bob.id}`),
      await scene.hear(`user:${cas.id}`),
    ]
    await channelOf(scene, ann, [bob], true)
    await turn()
    expect(ofType(toAnn, 'channel.changed')).toMatchObject([{ role: 'owner', channel: { memberCount: 2 } }])
    expect(ofType(toBob, 'channel.changed')).toMatchObject([{ role: 'member' }])
    expect(toCas).toEqual([])
  })

  it('CHAN-6 who was invited at once, the others coalesced, and strangers never', async () => {
    const { core, ann, bob, cas, clock } = scene
    const channelId = await channelOf(scene, ann, [bob], true)
    await Promise.all([ann, bob, cas].map((user) => core.presence.connect(user, `of ${user.id}`)))
    const [toAnn, toBob, toCas] = [
      await scene.hear(`user:${ann.id}`),
      await scene.hear(`user:${bob.id}`),
      await scene.hear(`user:${cas.id}`),
    ]
    await core.channels.update(ann, channelId, { name: 'one' })
    await core.channels.update(ann, channelId, { name: 'two' })
    await clock.advance(ACTIVITY_INTERVAL)
    expect(ofType(toBob, 'channel.changed')).toMatchObject([{ role: null, channel: { name: 'two' } }])
    expect(toCas).toEqual([])
    await core.channels.invite(ann, channelId, [cas.id])
    await turn()
    expect(ofType(toCas, 'channel.changed')).toMatchObject([{ role: 'member' }])
    await clock.advance(ACTIVITY_INTERVAL)
    expect(ofType(toAnn, 'channel.changed').at(-1)).toMatchObject({ role: null, channel: { memberCount: 3 } })
  })

  it('CHAN-6 both of a new direct conversation, once', async () => {
    const { core, ann, bob } = scene
    const [toAnn, toBob] = [await scene.hear(`user:${ann.id}`), await scene.hear(`user:${bob.id}`)]
    const first = await core.channels.openDirect(ann, bob.id)
    const again = await core.channels.openDirect(bob, ann.id)
    await turn()
    expect([first.isNew, again.isNew, again.view.channel.id]).toEqual([true, false, first.view.channel.id])
    expect([typesOf(toAnn), typesOf(toBob)]).toEqual([['channel.changed'], ['channel.changed']])
  })

  it('CHAN-7 of the end of a membership: the channel and the user, before what is said next', async () => {
    const { core, ann, bob } = scene
    const channelId = await channelOf(scene, ann, [bob])
    const [inChannel, toBob] = [
      await scene.hear(`conversation:${channelId}`),
      await scene.hear(`user:${bob.id}`),
    ]
    await core.channels.remove(ann.id, channelId, bob.id)
    await core.channelMessages.send(ann, textIn(channelId))
    await turn()
    expect(typesOf(inChannel)).toEqual(['channel.left', 'message.created'])
    expect(toBob).toEqual([{ type: 'channel.left', channelId, userId: bob.id, reason: 'removed' }])
  })

  it('CHAN-7 also when the removal and the message are stored in one batch', async () => {
    const { core, ann, bob, cas } = scene
    const channelId = await channelOf(scene, ann, [bob, cas])
    const heard = await scene.hear(`conversation:${channelId}`)
    const { release, batches } = holdCommits()
    void core.receipts.readDirect(ann, bob.id)
    await turn()
    const removing = core.channels.remove(ann.id, channelId, bob.id)
    await turn()
    const leaving = core.channels.leave(cas.id, channelId)
    await turn()
    const sending = core.channelMessages.send(ann, textIn(channelId))
    await turn()
    release()
    await Promise.all([removing, leaving, sending])
    await turn()
    expect(batches.at(-1)?.map(({ kind }) => kind)).toEqual([
      'remove-member',
      'remove-member',
      'append-channel',
    ])
    expect(typesOf(heard)).toEqual(['channel.left', 'channel.left', 'message.created'])
  })

  it('CHAN-7 who left is told no more of the channel, also where its members were being read', async () => {
    const { core, ann, bob, store, clock } = scene
    const channelId = await channelOf(scene, ann, [bob], true)
    await core.presence.connect(bob, 'b')
    const heard = await scene.hear(`user:${bob.id}`)
    const { memberIds } = store
    let answer = (): void => {}
    store.memberIds = async (query) => {
      const before = await memberIds(query)
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      return before
    }
    await core.channelMessages.send(ann, textIn(channelId))
    await clock.advance(ACTIVITY_INTERVAL)
    await core.channels.remove(ann.id, channelId, bob.id)
    store.memberIds = memberIds
    answer()
    await turn()
    for (let round = 0; round < 3; round += 1) {
      await core.channelMessages.send(ann, textIn(channelId))
      await clock.advance(ACTIVITY_INTERVAL)
    }
    expect(typesOf(heard)).toEqual(['channel.left'])
  })
})

describe('guests', () => {
  it('CHAN-8 make no channel, open no direct conversation, invite nobody, and are in public channels only', async () => {
    const { core, ann, addUser } = scene
    const guest = addUser({ role: 'guest' })
    const command = { name: 'x', isPrivate: false, memberIds: [] }
    expect(await codeOf(() => core.channels.create(guest, command))).toBe('FORBIDDEN')
    expect(await codeOf(() => core.channels.openDirect(guest, ann.id))).toBe('FORBIDDEN')
    expect(await codeOf(() => core.channels.openDirect(ann, guest.id))).toBe('RECEIVER_NOT_FOUND')
    const isPrivate = await channelOf(scene, ann, [guest], true)
    expect(await roleOf(guest, isPrivate)).toBeNull()
    expect(await codeOf(() => core.channels.invite(ann, isPrivate, [guest.id]))).toBe('RECEIVER_NOT_FOUND')
    const open = await channelOf(scene, ann, [])
    await core.channels.join(guest, open)
    expect(await codeOf(() => core.channels.invite(guest, open, [ann.id]))).toBe('FORBIDDEN')
    expect(await codeOf(() => core.channelMessages.send(guest, textIn(open)))).toBe('ok')
  })

  it('CHAN-8 who is disabled, unknown or oneself is not invited, and the answer is the same', async () => {
    const { core, ann, addUser } = scene
    const disabled = addUser({ disabled: true })
    const channelId = await channelOf(scene, ann, [disabled])
    expect((await viewOf(scene, ann, channelId))?.channel.memberCount).toBe(1)
    for (const id of [disabled.id, ann.id, '0190a0b0-0000-7000-8000-00000000dead']) {
      await expect(core.channels.invite(ann, channelId, [id])).rejects.toMatchObject({
        code: 'RECEIVER_NOT_FOUND',
        message: 'User not found',
      })
    }
  })
})

describe('the store is away', () => {
  it('CHAN-9 a change is refused so that it may be tried again, and nobody is told', async () => {
    const { core, ann, bob, cas, store, clock } = scene
    const channelId = await channelOf(scene, ann, [bob])
    await core.presence.connect(bob, 'b')
    const heard = [await scene.hear(`user:${bob.id}`), await scene.hear(`conversation:${channelId}`)]
    const commit = store.commit
    store.commit = (() => Promise.reject(new Error('disk full'))) as typeof store.commit
    for (const attempt of [
      () => core.channels.create(ann, { name: 'x', isPrivate: false, memberIds: [bob.id] }),
      () => core.channels.openDirect(ann, bob.id),
      () => core.channels.invite(ann, channelId, [cas.id]),
      () => core.channels.remove(ann.id, channelId, bob.id),
      () => core.channels.setRole(ann, channelId, bob.id, 'owner'),
      () => core.channels.update(ann, channelId, { name: 'other' }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'UNAVAILABLE', retry: 'retry' })
    }
    store.commit = commit
    await clock.advance(ACTIVITY_INTERVAL)
    expect(heard).toEqual([[], []])
    expect((await core.channels.get(ann.id, channelId)).channel).toMatchObject({
      name: 'general',
      memberCount: 2,
    })
  })
})
