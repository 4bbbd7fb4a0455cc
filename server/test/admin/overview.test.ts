import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@parley/model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OverviewJson } from '../../admin/overview.ts'
import { type AdminWorld, connected, startAdminWorld } from './world.ts'

let world: AdminWorld
beforeAll(async () => {
  world = await startAdminWorld()
})
afterAll(() => world.server.stop())

const read = async (): Promise<OverviewJson> => {
  // Older than what one reading serves.
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  const { status, body } = await world.server.call(world.admin, 'GET', '/api/admin/overview')
  expect(status).toBe(200)
  return OverviewJson.parse(body)
}

const sum = (values: readonly number[] = []): number => values.reduce((all, one) => all + one, 0)

describe('overview', () => {
  it('ADMIN-7 tells of connections, users, leases, commits, loop, memory and state', async () => {
    const { server, user } = world
    const chat = await server.chat(user)
    await chat.next('connection_established')
    const peer = await server.register('peer-of-overview')
    await server.call(user, 'POST', '/api/messages', { receiverId: peer.id, content: 'canary-content' })
    const overview = await read()
    expect(overview).toMatchObject({
      node: { version: expect.stringMatching(/^\d/), runtime: `Node ${process.versions.node}` },
      state: { store: 'up', bus: 'up' },
      connections: { chat: 1, hub: 0, signal: 0, peerjs: 0, channels: 0, whisper: 0 },
      usersOnline: 1,
      leases: { presence: 1, chat: 1, hub: 0, seat: 0, member: 0, peer: 0, peerjs: 0, call: 0 },
      commits: { failed: 0, p50Ms: expect.any(Number), p99Ms: expect.any(Number) },
      slowConsumers: { count: 0, last: [] },
    })
    expect(overview.commits.ok).toBeGreaterThan(0)
    expect(overview.memory.rss).toBeGreaterThan(overview.memory.heapUsed)
    expect(Object.values(overview.rates).map(({ length }) => length)).toEqual([60, 60, 60, 60, 60, 60])
    expect(sum(overview.rates['direct'])).toBe(1)
    expect(JSON.stringify(overview)).not.toContain('canary')
    chat.close()
  })

  it('ADMIN-7 names public channels, and neither private ones nor the codes of whisper rooms', async () => {
    const { server, user } = world
    const open = async (body: object) => {
      const answer = await server.call(user, 'POST', '/api/channels', body)
      return (answer.body['channel'] as { id: string }).id
    }
    const ids = [await open({ name: 'canteen' }), await open({ name: 'canary-board', isPrivate: true })]
    const socket = await connected(world, '/', { auth: { userId: user.id, token: user.token } })
    for (const channelId of ids) await socket.emitWithAck('room:join', { channelId })
    const joined = new Promise((resolve) => socket.once('joined_room', resolve))
    socket.emit('join_room', 'CANARYCODE')
    await joined
    const { rooms } = await read()
    expect(rooms).toMatchObject({ channels: 2, whisperRooms: 1 })
    expect(
      rooms.top.map(({ kind, name, size }) => [kind, name.replace(/[0-9a-f]{6}/, '******'), size]).sort(),
    ).toEqual([
      ['channel', 'canteen', 1],
      ['channel', 'private channel', 1],
      ['whisper', '•••••• (******)', 1],
    ])
    expect(JSON.stringify(rooms)).not.toMatch(/canary/i)
    socket.disconnect()
  })
})

describe('ledger over REST', () => {
  it('ADMIN-8 answers the verdict and the steps, by username too, without content', async () => {
    const { server, admin, user } = world
    const peer = await server.register('peer-of-ledger')
    const sent = await server.call(user, 'POST', '/api/messages', {
      ...{ receiverId: peer.id, content: 'canary-content' },
    })
    const message = (sent.body['message'] ?? sent.body) as { messageId?: string; id?: string }
    const messageId = message.messageId ?? message.id ?? ''
    for (const name of [peer.id, 'peer-of-ledger']) {
      const { status, body } = await server.call(
        ...([admin, 'GET', `/api/admin/ledger?messageId=${messageId}&user=${name}`] as const),
      )
      expect(status).toBe(200)
      expect(body).toMatchObject({ outcome: 'waiting', steps: expect.any(Array) })
      expect(body['verdict']).toContain('waits for the next chat connection')
      expect(JSON.stringify(body)).not.toContain('canary')
    }
  })

  it('ADMIN-8 refuses what is no id', async () => {
    const { server, admin } = world
    for (const query of [
      '',
      'messageId=x&user=root',
      `messageId=${admin.id}`,
      `messageId=${admin.id}&user=`,
    ]) {
      expect((await server.call(admin, 'GET', `/api/admin/ledger?${query}`)).status).toBe(400)
    }
  })

  it('ADMIN-8 who looked a message up is in the audit log, and no token with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-admin-log-'))
    const logged = await startAdminWorld({ LOG_LEVEL: 'error', LOG_DIR: folder })
    const { server, admin } = logged
    const messageId = newId()
    await server.call(admin, 'GET', `/api/admin/ledger?messageId=${messageId}&user=root`)
    await server.stop()
    const lines = readFileSync(join(folder, 'combined.log'), 'utf8').split('\n')
    const line = lines.find((text) => text.includes('ledger read')) ?? '{}'
    expect(JSON.parse(line)).toMatchObject({
      audit: true,
      userId: admin.id,
      messageId,
      outcome: 'unknown-message',
    })
    expect(lines.join()).not.toContain(admin.token)
    rmSync(folder, { recursive: true })
  })
})
