import { newId } from '@parley/model'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AdminWorld, startAdminWorld } from './world.ts'

let world: AdminWorld
beforeAll(async () => {
  world = await startAdminWorld()
})
afterAll(() => world.server.stop())

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${world.server.url}${path}`, { headers, redirect: 'manual' })

const ROUTES: readonly { method: string; path: string; body?: object }[] = [
  { method: 'GET', path: '/api/admin/overview' },
  { method: 'GET', path: `/api/admin/ledger?messageId=${newId()}&user=root` },
  { method: 'POST', path: '/api/admin/announce', body: { message: 'hello' } },
]
const UI_FILES = ['/admin/socket.io/', '/admin/socket.io/parley.js', '/admin/socket.io/css/app.6e3b9661.css']

describe('who may', () => {
  it.each(ROUTES)('ADMIN-1 $method $path is for admins only', async ({ method, path, body }) => {
    const { server, admin, user, guest } = world
    const statuses = []
    for (const who of [null, guest, user, admin]) {
      statuses.push((await server.call(who, method, path, body)).status)
    }
    expect(statuses).toEqual([401, 403, 403, 200])
  })

  it('ADMIN-1 a session cookie is as good as a bearer, and a bad bearer is not made good by a cookie', async () => {
    const { cookie } = world.admin
    expect((await get('/api/admin/overview', { cookie })).status).toBe(200)
    expect((await get('/api/admin/overview', { cookie, authorization: 'Bearer nonsense' })).status).toBe(401)
    expect((await get('/admin/socket.io/', { cookie, authorization: 'Bearer nonsense' })).status).toBe(401)
  })

  it.each(UI_FILES)('ADMIN-2 %s of the Socket.IO admin UI is for admins only', async (path) => {
    const { admin, user, guest } = world
    const bearers = [guest, user, admin].map(({ token }) => ({ authorization: `Bearer ${token}` }))
    const cookies = [guest, user, admin].map(({ cookie }) => ({ cookie }))
    const statuses = []
    for (const headers of [{}, ...bearers, ...cookies]) statuses.push((await get(path, headers)).status)
    expect(statuses).toEqual([401, 403, 403, 200, 403, 403, 200])
  })

  it('ADMIN-2 a browser without an admin is sent to the sign-in form', async () => {
    for (const cookie of ['', world.user.cookie]) {
      const answer = await get('/admin/socket.io/', { cookie, accept: 'text/html,*/*' })
      expect([answer.status, answer.headers.get('location')]).toEqual([302, '/admin'])
    }
  })

  it('ADMIN-2 no path leads out of the folder that is served', async () => {
    const { cookie } = world.admin
    const paths = [
      '/admin/socket.io/../../package.json',
      '/admin/socket.io/..%2f..%2fpackage.json',
      '/admin/socket.io/%2e%2e/%2e%2e/package.json',
      '/admin/socket.io/..%5c..%5cpackage.json',
      '/admin/socket.io//etc/passwd',
      '/admin/socket.io/js/app.0d7d7845.js.map',
      '/admin/../package.json',
      '/admin/package.json',
      '/admin/index.html%00',
    ]
    for (const path of paths) {
      const answer = await get(path, { cookie })
      expect([path, answer.status]).toEqual([path, answer.status === 400 ? 400 : 404])
    }
  })
})
