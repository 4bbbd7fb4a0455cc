import { Fault } from '@parley/model'
import { describe, expect, it } from 'vitest'
import { type Peer, settled, signalScene } from './signal-scene.ts'

const groupOf = ({ news }: Peer): string => {
  const entered = news.findLast((item) => item.type === 'group.entered')
  if (entered?.type !== 'group.entered') throw new Error('in no group')
  return entered.group.id
}

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  return error instanceof Fault ? error.code : String(error)
}

const join = (groupId: string, username = 'x', peerId: string | null = null) => ({
  groupId,
  username,
  peerId,
})

describe('groups', () => {
  it('GROUP-3 an empty group lives on for its grace, and no longer', async () => {
    const { connect, clock, nodes, expectNothingLeft } = await signalScene()
    const [ann, bob] = [await connect(0), await connect(1)]
    await ann.it.create({ groupName: 'g', username: 'ann' })
    const group = groupOf(ann)
    await ann.it.close()
    await clock.advance(59_000)
    expect(await nodes[1].groups.find(group)).toMatchObject({ name: 'g', memberCount: 0 })
    await bob.it.join(join(group))
    await clock.advance(120_000)
    expect(await nodes[0].groups.find(group)).toMatchObject({ memberCount: 1 })
    await bob.it.close()
    await clock.advance(62_000)
    expect(await nodes[0].groups.find(group)).toBeNull()
    expect(await codeOf((await connect(0)).it.join(join(group)))).toBe('GROUP_NOT_FOUND')
    await expectNothingLeft()
  })

  it('GROUP-3 a group whose last two leave at once has its grace', async () => {
    const { connect, nodes } = await signalScene()
    const [ann, bob] = [await connect(0), await connect(1)]
    await ann.it.create({ groupName: 'g', username: 'ann' })
    await bob.it.join(join(groupOf(ann)))
    await Promise.all([ann.it.close(), bob.it.close()])
    expect(await nodes[0].groups.find(groupOf(ann))).toMatchObject({ memberCount: 0 })
  })

  it('GROUP-1 of 60 who come at once 50 are in, whatever grace the group is in', async () => {
    const { connect, nodes } = await signalScene()
    const [ann, bob] = [await connect(0), await connect(1)]
    await ann.it.create({ groupName: 'g', username: 'ann' })
    const group = groupOf(ann)
    await bob.it.join(join(group))
    await bob.it.close()
    const many = await Promise.all(Array.from({ length: 60 }, (_, index) => connect(index % 2 === 0 ? 0 : 1)))
    const ends = await Promise.all(many.map(({ it }) => codeOf(it.join(join(group)))))
    expect(ends.filter((code) => code === 'GROUP_FULL')).toHaveLength(11)
    expect(await nodes[0].groups.find(group)).toMatchObject({ memberCount: 50 })
  })

  it('GROUP-2 who is refused elsewhere stays where it is, with its peer id', async () => {
    const { connect, callable, nodes } = await signalScene()
    const ann = await callable(0, 'a')
    const full = await connect(1)
    await full.it.create({ groupName: 'full', username: 'x' })
    const group = groupOf(full)
    for (let index = 0; index < 49; index += 1) await (await connect(1)).it.join(join(group))
    expect(await codeOf(ann.it.join(join(group, 'ann', 'b')))).toBe('GROUP_FULL')
    expect(await codeOf(ann.it.join(join('group_nobody', 'ann', 'b')))).toBe('GROUP_NOT_FOUND')
    expect((await nodes[1].peerIds.holder('peer', 'a'))?.holder).toBe(ann.it.connectionId)
    expect(await nodes[1].peerIds.holder('peer', 'b')).toBeNull()
  })

  it('GROUP-2 joining the same group again is a leave and a join', async () => {
    const { connect, nodes, expectNothingLeft } = await signalScene()
    const [ann, bob] = [await connect(0), await connect(1)]
    await ann.it.create({ groupName: 'g', username: 'ann' })
    const group = groupOf(ann)
    await bob.it.join(join(group, 'bob', 'b'))
    await settled()
    ann.take()
    await bob.it.join(join(group, 'robert', 'b'))
    await settled()
    expect(ann.take()).toEqual(['group.left', 'group.joined'])
    expect(await nodes[0].groups.find(group)).toMatchObject({ memberCount: 2 })
    expect((await nodes[0].peerIds.holder('peer', 'b'))?.holder).toBe(bob.it.connectionId)
    await Promise.all([ann.it.close(), bob.it.close()])
    await expectNothingLeft()
  })

  it('GROUP-5 of many who come and go at once each hears of each exactly once', async () => {
    const { connect, nodes } = await signalScene()
    const ann = await connect(0)
    await ann.it.create({ groupName: 'g', username: 'ann' })
    const group = groupOf(ann)
    const many = await Promise.all(Array.from({ length: 20 }, (_, index) => connect(index % 2 === 0 ? 0 : 1)))
    await Promise.all(many.map(({ it }) => it.join(join(group))))
    await Promise.all(many.slice(10).map(({ it }) => it.close()))
    await settled()
    for (const { news } of many.slice(0, 10)) {
      const known = new Set<string>()
      for (const item of news) {
        if (item.type === 'group.entered') for (const other of item.others) known.add(other.userId)
        else if (item.type === 'group.joined') {
          expect(known).not.toContain(item.member.userId)
          known.add(item.member.userId)
        } else if (item.type === 'group.left') expect(known.delete(item.member.userId)).toBe(true)
      }
      expect(known.size).toBe(10)
    }
    expect(await nodes[0].groups.find(group)).toMatchObject({ memberCount: 11 })
  })

  it('GROUP-6 a member whose node died is told to have left', async () => {
    const { connect, clock, leases, nodes } = await signalScene()
    const [ann, bob] = [await connect(0), await connect(1)]
    await ann.it.create({ groupName: 'g', username: 'ann' })
    await bob.it.join(join(groupOf(ann)))
    await settled()
    ann.take()
    nodes[1].leases.stop()
    await clock.advance(31_000)
    expect(ann.take()).toEqual(['group.left'])
    expect(bob.take()).toContain('place.lost')
    expect(await leases.count('member')).toBe(1)
  })
})
