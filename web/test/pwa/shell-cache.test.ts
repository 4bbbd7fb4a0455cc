import { beforeEach, describe, expect, it } from 'vitest'
import { ShellCache } from '../../src/pwa/shell-cache.ts'
import { MemoryCaches } from './memory-caches.ts'

const ORIGIN = 'https://parley.test'
const FILES = ['/', '/assets/index-1.js', '/icon.svg']
const away = (): Promise<Response> => Promise.reject(new TypeError('Failed to fetch'))
const never = (): Promise<Response> => new Promise(() => {})
let world: MemoryCaches
let shell: ShellCache

const create = (version: string, files: readonly string[] = FILES): ShellCache =>
  new ShellCache({
    shell: { version, files },
    origin: ORIGIN,
    caches: world.storage,
    fetch: world.fetch,
    patience: 20,
  })

/** What a browser asks for; only its own navigation has that mode. */
const ask = (path: string, { mode = 'cors', method = 'GET' }: { mode?: string; method?: string } = {}) => {
  const request = new Request(new URL(path, ORIGIN), { method })
  Object.defineProperty(request, 'mode', { value: mode })
  return request
}
const navigate = (path: string) => shell.answer(ask(path, { mode: 'navigate' }))
const textOf = async (answer: Promise<Response> | null) => (await answer)?.text()

beforeEach(async () => {
  world = new MemoryCaches(async ({ url }) => new Response(`kept ${new URL(url).pathname}`))
  shell = create('1')
  await shell.fill()
  world.asked.length = 0
})

describe('pages', () => {
  it('PWA-1 come from the server while it answers', async () => {
    world.network = async () => new Response('newer')
    expect(await textOf(navigate('/chat/dm/1'))).toBe('newer')
  })

  it('PWA-1 come from what is kept when the server is away, ill or slow', async () => {
    for (const network of [away, never, async () => new Response('Bad gateway', { status: 502 })]) {
      world.network = network
      expect(await textOf(navigate('/chat/channel/general'))).toBe('kept /')
    }
  })

  it('PWA-1 are the answer of the server, however it is, when nothing is kept', async () => {
    shell = create('2')
    world.network = async () => new Response('Bad gateway', { status: 502 })
    expect((await navigate('/'))?.status).toBe(502)
    world.network = away
    await expect(navigate('/')).rejects.toThrow('Failed to fetch')
    world.network = () => new Promise((resolve) => setTimeout(() => resolve(new Response('late')), 100))
    expect(await textOf(navigate('/'))).toBe('late')
  })

  it('PWA-1 that the server refuses are shown as it refuses them', async () => {
    world.network = async () => new Response('Nothing here', { status: 404 })
    expect((await navigate('/x'))?.status).toBe(404)
  })
})

describe('files', () => {
  it('PWA-2 of the build come from what is kept, without the network', async () => {
    world.network = away
    expect(await textOf(shell.answer(ask('/assets/index-1.js')))).toBe('kept /assets/index-1.js')
    expect(await textOf(shell.answer(ask('/icon.svg')))).toBe('kept /icon.svg')
    expect(world.asked).toEqual([])
  })

  it('PWA-2 come from the network when the browser dropped them', async () => {
    world.caches.clear()
    expect(await textOf(shell.answer(ask('/icon.svg')))).toBe('kept /icon.svg')
    expect(world.asked).toHaveLength(1)
  })

  it('PWA-3 of other builds and servers, writes and live paths are left to the browser, and nothing is kept of them', async () => {
    for (const request of [
      ask('/assets/index-2.js'),
      ask('https://pictures.test/icon.svg'),
      ask('/icon.svg', { method: 'POST' }),
      ...[
        '/api',
        '/api/users',
        '/api/auth/get-session',
        '/socket.io/?EIO=4',
        '/metrics',
        '/peerjs/id',
      ].flatMap((path) => [ask(path), ask(path, { mode: 'navigate' })]),
      ask('/admin', { mode: 'navigate' }),
    ]) {
      expect(shell.answer(request), request.url).toBeNull()
    }
    await navigate('/chat/dm/1')
    expect([...world.caches.get('parley-shell-1')!.keys()]).toEqual(FILES.map((path) => `${ORIGIN}${path}`))
  })
})

describe('versions', () => {
  it('PWA-4 a new one keeps its own files beside the old ones, which go once it is in charge', async () => {
    world.caches.set('of-somebody-else', new Map())
    const next = create('2', ['/', '/assets/index-2.js'])
    await next.fill()
    expect(await textOf(shell.answer(ask('/assets/index-1.js')))).toBe('kept /assets/index-1.js')
    await next.dropOthers()
    expect([...world.caches.keys()].sort()).toEqual(['of-somebody-else', 'parley-shell-2'])
  })

  it('PWA-4 one that lacks a file is none', async () => {
    world.network = async ({ url }) => new Response('', { status: url.endsWith('.js') ? 404 : 200 })
    await expect(create('2').fill()).rejects.toThrow()
  })
})
