import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '@parley/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Rest } from '../../api/rest.ts'
import { createHttp } from '../../http.ts'
import { createRest } from '../../rest.ts'
import { createSessions } from '../../sessions.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'parley-client-rest-'))
let server: Awaited<ReturnType<typeof startServer>>
let url = ''
let ann: { id: string; rest: Rest; token: string }
let bob: { id: string; rest: Rest; token: string }

const signUp = async (username: string) => {
  const email = `${username}@example.org`
  const { token, user } = await createSessions(url).register({ username, email, password: 'secret-enough' })
  return { id: user.id, token, rest: createRest(createHttp({ url, getToken: async () => token })) }
}

beforeAll(async () => {
  server = await startServer({ PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, LOG_LEVEL: 'silent' })
  url = server.url
  ann = await signUp('ann')
  bob = await signUp('bob')
})
afterAll(async () => {
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

describe('SDK-9 sessions', () => {
  test('begin by name or address, are renewed, and end', async () => {
    const sessions = createSessions(url)
    const byName = await sessions.signIn('ann', 'secret-enough')
    const byAddress = await sessions.signIn('ann@example.org', 'secret-enough')
    expect([byName.user.id, byAddress.user.id]).toEqual([ann.id, ann.id])
    expect((await sessions.renew(byName.token)).user.username).toBe('ann')
    await sessions.signOut(byName.token)
    await expect(sessions.renew(byName.token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await expect(sessions.renew()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })

  test('are refused in the words of the server', async () => {
    const sessions = createSessions(url)
    await expect(sessions.signIn('ann', 'wrong')).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: 'Invalid credentials',
      canRetry: false,
    })
    const taken = { username: 'ANN', email: 'other@example.org', password: 'secret-enough' }
    await expect(sessions.register(taken)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('let guests in', async () => {
    const { user } = await createSessions(url).continueAsGuest('visitor')
    expect(user).toMatchObject({ username: 'visitor', role: 'guest' })
  })

  test('say OFFLINE when there is no server', async () => {
    await expect(createSessions('http://127.0.0.1:1').signIn('ann', 'x')).rejects.toMatchObject({
      code: 'OFFLINE',
    })
  })
})

describe('SDK-9 routes', () => {
  test('users and profile', async () => {
    const { users } = await ann.rest.users.search('bo')
    expect(users.map(({ username }) => username)).toEqual(['bob'])
    expect((await ann.rest.users.get(bob.id)).username).toBe('bob')
    await expect(ann.rest.users.get('nobody/at all')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await ann.rest.profile.get()).toMatchObject({ username: 'ann', email: 'ann@example.org' })
    expect((await ann.rest.profile.update({ username: 'Ann' })).username).toBe('Ann')
  })

  test('channels from making one to leaving it', async () => {
    const { rest } = ann
    const { id } = await rest.channels.create({ name: 'garden' })
    expect((await rest.channels.get(id)).name).toBe('garden')
    expect((await rest.channels.list()).channels.map((one) => one.id)).toEqual([id])
    expect((await bob.rest.channels.browse({ search: 'gard' })).channels.map((one) => one.id)).toEqual([id])
    expect((await bob.rest.channels.join(id)).role).toBe('member')
    await rest.channels.setRole(id, bob.id, 'moderator')
    const { members } = await rest.channels.members(id, { limit: 10 })
    expect(members.map(({ user, role }) => [user.id, role])).toEqual([
      [ann.id, 'owner'],
      [bob.id, 'moderator'],
    ])
    await rest.channels.removeMember(id, bob.id)
    expect(await rest.channels.invite(id, [bob.id])).toEqual([bob.id])
    await bob.rest.channels.leave(id)
    expect((await rest.channels.update(id, { name: 'yard', archived: true })).name).toBe('yard')
    await expect(bob.rest.channels.join(id)).rejects.toMatchObject({ canRetry: false })
  })

  test('pages', async () => {
    await ann.rest.channels.create({ name: 'second' })
    const first = await ann.rest.channels.list({ limit: 1 })
    const next = await ann.rest.channels.list({ limit: 1, cursor: first.nextCursor ?? '' })
    expect([first.channels.length, next.channels.length]).toEqual([1, 1])
    expect(first.channels[0]?.id).not.toBe(next.channels[0]?.id)
  })

  test('rooms', async () => {
    const room = await ann.rest.rooms.create({ name: 'Tea', pin: '1234' })
    await expect(bob.rest.rooms.join(room.roomCode, '0000')).rejects.toMatchObject({ code: 'WRONG_PIN' })
    expect((await bob.rest.rooms.join(room.roomCode.toLowerCase(), '1234')).roomName).toBe('Tea')
    expect((await ann.rest.rooms.get(room.roomCode)).creator._id).toBe(ann.id)
    await expect(ann.rest.rooms.get('NOWHERE1')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('groups that are not there, and search', async () => {
    expect(await ann.rest.groups.get('group_nowhere')).toBeNull()
    expect(await ann.rest.search('nothing that was ever said', { limit: 5 })).toEqual({
      messages: [],
      nextCursor: null,
    })
  })
})
