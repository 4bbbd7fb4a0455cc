import type { ChannelRole } from '@parley/model'
import { describe, expect, it } from 'vitest'
import { mayGiveRole, mayGovern, mayInvite, mayRemove, mayRename } from '../channel-rules.ts'
import type { DirectoryUser } from '../index.ts'
import {
  answerOf,
  type ChannelScene,
  codeOf,
  createChannelScene,
  textIn,
  UNKNOWN_ID,
  WHO,
} from './channel-scene.ts'

type Action = (scene: ChannelScene, actor: DirectoryUser, channelId: string, messageId: string) => unknown

const ACTIONS: Readonly<Record<string, Action>> = {
  get: ({ core }, { id }, channelId) => core.channels.get(id, channelId),
  join: ({ core }, actor, channelId) => core.channels.join(actor, channelId),
  members: ({ core }, { id }, channelId) => core.channels.members(id, channelId, { limit: 10 }),
  messages: ({ core }, { id }, channelId) => core.channels.messages(id, channelId, { limit: 10 }),
  invite: ({ core, ann }, actor, channelId) => core.channels.invite(actor, channelId, [ann.id]),
  rename: ({ core }, actor, channelId) => core.channels.update(actor, channelId, { name: 'other' }),
  archive: ({ core }, actor, channelId) => core.channels.update(actor, channelId, { archived: true }),
  privacy: ({ core }, actor, channelId) => core.channels.update(actor, channelId, { isPrivate: false }),
  role: ({ core, author }, actor, channelId) =>
    core.channels.setRole(actor, channelId, author.id, 'moderator'),
  removeMember: ({ core, author }, { id }, channelId) => core.channels.remove(id, channelId, author.id),
  removeModerator: ({ core, second }, { id }, channelId) => core.channels.remove(id, channelId, second.id),
  leave: ({ core }, { id }, channelId) => core.channels.leave(id, channelId),
  send: ({ core }, actor, channelId) => core.channelMessages.send(actor, textIn(channelId)),
  edit: ({ core }, actor, _, messageId) =>
    core.channelMessages.edit(actor, { messageId, content: 'y' }, null),
  delete: ({ core }, actor, _, messageId) => core.channelMessages.delete(actor, messageId, null),
  react: ({ core }, actor, _, messageId) =>
    core.channelMessages.react(actor, { messageId, emoji: '👍', on: true }, null),
  receipt: ({ core }, actor, _, messageId) => core.receipts.upToMessage(actor, messageId, 'read', null),
}

/** Of `WHO`, in this order. */
type Row = readonly [string, string, string, string, string, string]

const [OK, NO, OUT, GONE] = ['ok', 'FORBIDDEN', 'NOT_A_MEMBER', 'NOT_FOUND']
const all = (answer: string): Row => [answer, answer, answer, answer, answer, answer]

const IN_PUBLIC: Readonly<Record<string, Row>> = {
  get: all(OK),
  join: all(OK),
  members: all(OK),
  messages: all(OK),
  invite: [OK, OK, OK, OUT, OUT, NO],
  rename: [OK, OK, NO, OUT, OUT, NO],
  archive: [OK, NO, NO, OUT, OUT, NO],
  privacy: [OK, NO, NO, OUT, OUT, NO],
  role: [OK, NO, NO, OUT, OUT, NO],
  removeMember: [OK, OK, NO, OUT, OUT, NO],
  removeModerator: [OK, NO, NO, OUT, OUT, NO],
  leave: [OK, OK, OK, OUT, OUT, OK],
  send: [OK, OK, OK, OUT, OUT, OK],
  edit: [NO, NO, NO, GONE, GONE, NO],
  delete: [OK, OK, NO, GONE, GONE, NO],
  react: [OK, OK, OK, GONE, GONE, OK],
  receipt: [OK, OK, OK, GONE, GONE, OK],
}

/** A guest cannot be in it, and is told what a guest is told anywhere. */
const IN_PRIVATE: Readonly<Record<string, Row>> = {
  get: [OK, OK, OK, OUT, OUT, OUT],
  join: [OK, OK, OK, OUT, OUT, OUT],
  members: [OK, OK, OK, OUT, OUT, OUT],
  messages: [OK, OK, OK, OUT, OUT, OUT],
  invite: [OK, OK, NO, OUT, OUT, NO],
  rename: [OK, OK, NO, OUT, OUT, OUT],
  archive: [OK, NO, NO, OUT, OUT, OUT],
  privacy: [OK, NO, NO, OUT, OUT, OUT],
  role: [OK, NO, NO, OUT, OUT, OUT],
  removeMember: [OK, OK, NO, OUT, OUT, OUT],
  removeModerator: [OK, NO, NO, OUT, OUT, OUT],
  leave: [OK, OK, OK, OUT, OUT, OUT],
  send: [OK, OK, OK, OUT, OUT, OUT],
  edit: [NO, NO, NO, GONE, GONE, GONE],
  delete: [OK, OK, NO, GONE, GONE, GONE],
  react: [OK, OK, OK, GONE, GONE, GONE],
  receipt: [OK, OK, OK, GONE, GONE, GONE],
}

const FULL = 'ARCHIVED'
const IN_ARCHIVED: Readonly<Record<string, Row>> = {
  ...IN_PUBLIC,
  join: [OK, OK, OK, FULL, FULL, OK],
  invite: [FULL, FULL, FULL, OUT, OUT, NO],
  send: [FULL, FULL, FULL, OUT, OUT, FULL],
  delete: [FULL, FULL, NO, GONE, GONE, NO],
  react: [FULL, FULL, FULL, GONE, GONE, FULL],
}

const rowOf = async (action: string, isPrivate: boolean, isArchived: boolean): Promise<string[]> => {
  const answers: string[] = []
  for (const who of WHO) {
    const scene = await createChannelScene(isPrivate)
    const { people, channelId, message } = scene
    if (isArchived) await scene.core.channels.update(people.owner, channelId, { archived: true })
    answers.push(await codeOf(() => ACTIONS[action]!(scene, people[who], channelId, message.message.id)))
  }
  return answers
}

describe('who may do what in a channel', () => {
  it.each(Object.entries(IN_PUBLIC))('CHAN-1 %s in a public channel', async (action, row) => {
    expect(await rowOf(action, false, false)).toEqual(row)
  })

  it.each(Object.entries(IN_PRIVATE))('CHAN-1 %s in a private channel', async (action, row) => {
    expect(await rowOf(action, true, false)).toEqual(row)
  })

  it.each(Object.entries(IN_ARCHIVED))('CHAN-1 CHAN-11 %s in an archived channel', async (action, row) => {
    expect(await rowOf(action, false, true)).toEqual(row)
  })

  it.each(Object.keys(ACTIONS))(
    'CHAN-2 to a stranger, %s answers alike for private, direct, archived private and unknown',
    async (action) => {
      const scene = await createChannelScene(true)
      const { core, people, channelId, message, ann, bob } = scene
      const direct = await core.direct.send(ann, { receiverId: bob.id, content: 'x', messageType: 'text' })
      const attempt = (actor: DirectoryUser, place: string, messageId: string) =>
        answerOf(() => ACTIONS[action]!(scene, actor, place, messageId))
      for (const actor of [people.stranger, people.removed, people.guest]) {
        const unknown = await attempt(actor, UNKNOWN_ID, UNKNOWN_ID)
        expect(unknown).not.toBe('ok')
        expect(await attempt(actor, channelId, message.message.id)).toBe(unknown)
        expect(await attempt(actor, direct.message.conversationId, direct.message.id)).toBe(unknown)
      }
      await core.channels.update(people.owner, channelId, { archived: true })
      const unknown = await attempt(people.stranger, UNKNOWN_ID, UNKNOWN_ID)
      expect(await attempt(people.stranger, channelId, message.message.id)).toBe(unknown)
    },
  )

  it.each(['invite', 'rename', 'archive', 'privacy', 'role', 'leave', 'removeMember'])(
    'CHAN-3 nobody can %s a direct conversation',
    async (action) => {
      const scene = await createChannelScene(false)
      const { core, author, people } = scene
      const { view } = await core.channels.openDirect(people.member, author.id)
      expect(await codeOf(() => ACTIONS[action]!(scene, people.member, view.channel.id, ''))).toBe(
        'FORBIDDEN',
      )
      expect((await core.channels.get(author.id, view.channel.id)).channel).toEqual(view.channel)
    },
  )

  it('CHAN-1 the rules themselves: a rank removes only lower ones, and a stranger may nothing', () => {
    const roles: (ChannelRole | null)[] = ['owner', 'moderator', 'member', null]
    const targets: ChannelRole[] = ['owner', 'moderator', 'member']
    expect(roles.map((role) => targets.map((target) => mayRemove(role, target)))).toEqual([
      [false, true, true],
      [false, false, true],
      [false, false, false],
      [false, false, false],
    ])
    expect(roles.map((role) => [mayRename(role), mayGovern(role), mayGiveRole(role)])).toEqual([
      [true, true, true],
      [true, false, false],
      [false, false, false],
      [false, false, false],
    ])
    expect(roles.map((role) => [mayInvite(role, false), mayInvite(role, true)])).toEqual([
      [true, true],
      [true, true],
      [true, false],
      [false, false],
    ])
  })
})
