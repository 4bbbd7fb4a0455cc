import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@parley/model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Cast, openCast } from './cast.ts'

/** Black box: fields that are the server's to set, given by clients. */

const CANARY = 'planted5521'
const PAST = '2001-01-01T00:00:00.000Z'
let folder: string
let cast: Cast

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-mass-'))
  cast = await openCast({ DATA_DIR: folder })
})
afterAll(async () => {
  await cast.server.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What nobody may set, whatever it is a field of. */
const planted = () => ({
  id: newId(),
  _id: newId(),
  messageId: newId(),
  channelId: newId(),
  conversationId: newId(),
  ownerId: cast.users.stranger.id,
  creatorId: cast.users.stranger.id,
  senderId: cast.users.stranger.id,
  userId: cast.users.stranger.id,
  user: { id: cast.users.stranger.id, name: CANARY },
  members: [cast.users.stranger.id],
  role: 'owner',
  kind: 'direct',
  seq: 900,
  rev: 900,
  readSeq: 900,
  deliveredSeq: 900,
  memberCount: 900,
  unreadCount: 900,
  createdAt: PAST,
  updatedAt: PAST,
  editedAt: PAST,
  deletedAt: PAST,
  archivedAt: PAST,
  deliveryStatus: 'READ',
  status: 'read',
  messageType: 'call',
  type: 'call',
  mentioned: [cast.users.stranger.id],
  source: CANARY,
  contentHtml: CANARY,
  isActive: false,
  code: CANARY.toUpperCase(),
  pinHash: CANARY,
  [CANARY]: CANARY,
  constructor: { prototype: { [CANARY]: CANARY } },
})

/** `__proto__` as an own key of the body. */
const withProto = (body: object): object =>
  JSON.parse(
    `{"__proto__":{"isAdmin":"${CANARY}"},${JSON.stringify({ ...planted(), ...body }).slice(1)}`,
  ) as object

const isRecent = (time: unknown): boolean => Math.abs(Date.now() - Date.parse(String(time))) < 60_000

describe('fields that are not the sender’s to set', () => {
  it('WALL-7 of a channel: it is new, of its maker, and has the members that were named', async () => {
    const fields = planted()
    const body = withProto({ name: 'mine', isPrivate: true, memberIds: [cast.users.member.id] })
    const { channel } = await cast.do('owner', 'POST', '/api/channels', body)
    expect(channel).toMatchObject({
      name: 'mine',
      kind: 'channel',
      role: 'owner',
      memberCount: 2,
      seq: 0,
      rev: 0,
      readSeq: 0,
      unreadCount: 0,
      archivedAt: null,
    })
    const { id, createdAt } = channel as { id: string; createdAt: string }
    expect(id).not.toBe(fields.id)
    expect(isRecent(createdAt)).toBe(true)
    expect((await cast.ask('stranger', 'GET', `/api/channels/${id}`)).status).toBe(404)

    const path = `/api/channels/${id}`
    const renamed = await cast.do('owner', 'PATCH', path, withProto({ name: 'renamed' }))
    expect(renamed['channel']).toEqual({ ...(channel as object), name: 'renamed' })
    const added = withProto({ userIds: [cast.users.newcomer.id] })
    expect(await cast.do('owner', 'POST', `${path}/members`, added)).toEqual({
      added: [cast.users.newcomer.id],
    })
    const given = withProto({ role: 'moderator' })
    await cast.do('owner', 'PATCH', `${path}/members/${cast.users.newcomer.id}`, given)
    await cast.do('owner', 'POST', `${path}/join`, withProto({}))
    const { members } = await cast.do('owner', 'GET', `${path}/members`)
    const list = members as { user: { username: string }; role: string; readSeq: number }[]
    expect(list.map(({ user, role, readSeq }) => [user.username, role, readSeq])).toEqual([
      ['owner', 'owner', 0],
      ['member', 'member', 0],
      ['newcomer', 'moderator', 0],
    ])
    // A role that none of these is, or of nobody, is not taken from anywhere else.
    for (const body of [{ role: 'admin' }, { role: null }, {}, { role: ['owner'] }]) {
      const answer = await cast.ask('owner', 'PATCH', `${path}/members/${cast.users.newcomer.id}`, body)
      expect(answer.status).toBe(400)
    }
  })

  it('WALL-7 of a message: it is its sender’s, new, unread, at the next position', async () => {
    const { id } = await cast.stage('private')
    const path = `/api/channels/${id}/messages`
    const { message } = await cast.do('member', 'POST', path, withProto({ content: 'plain' }))
    const { users } = cast
    const expected = {
      content: 'plain',
      source: 'plain',
      contentHtml: '<p>plain</p>',
      messageType: 'text',
      channelId: id,
      userId: users.member.id,
      user: { id: users.member.id, name: 'member' },
      seq: 2,
      rev: 2,
      editedAt: null,
      deletedAt: null,
      deliveryStatus: 'SENT',
    }
    expect(message).toMatchObject(expected)
    expect(isRecent((message as { createdAt: string }).createdAt)).toBe(true)
    const { messages } = await cast.do('owner', 'GET', path)
    expect((messages as object[])[0]).toMatchObject(expected)
    expect(JSON.stringify(messages)).not.toContain(CANARY)
  })

  it('WALL-7 of a direct conversation: it stays private, and between the two', async () => {
    const body = withProto({ userId: cast.users.member.id, isPrivate: false, name: CANARY })
    const { channel } = await cast.do('owner', 'POST', '/api/channels/direct', body)
    expect(channel).toMatchObject({ kind: 'direct', isPrivate: true, name: 'member', memberCount: 2 })
    const { id } = channel as { id: string }
    expect((await cast.ask('stranger', 'GET', `/api/channels/${id}`)).status).toBe(404)
  })

  it('WALL-7 nothing of it is in the database', () => {
    const files = readdirSync(folder).filter((name) => name.startsWith('parley.db'))
    const bytes = Buffer.concat(files.map((name) => readFileSync(join(folder, name))))
    // What was asked for is there, so that the search works.
    expect(bytes.includes('behind the wall')).toBe(true)
    expect(bytes.includes(CANARY)).toBe(false)
    expect(bytes.includes(CANARY.toUpperCase())).toBe(false)
    expect(bytes.includes(PAST)).toBe(false)
  })
})
