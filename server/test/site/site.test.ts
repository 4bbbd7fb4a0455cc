import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mountSite } from '../../site/index.ts'
import { RawTcp } from '../harness/raw-tcp.ts'
import { type RestServer, startRest } from '../harness/rest-server.ts'
import { startTestServer } from '../harness/test-server.ts'

const PAGE = '<!doctype html><title>Parley</title><div id="root"></div>'
const SCRIPT = `console.log(${JSON.stringify('a'.repeat(2_000))})`
/** An app has this many files and more. */
const PARTS = 300
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const folder = mkdtempSync(join(tmpdir(), 'parley-site-'))
const warnings: string[] = []
const log = { main: { warn: (line: string) => void warnings.push(line) } } as never
let server: RestServer

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  fetch(`${server.url}${path}`, { method, headers, redirect: 'manual' })

beforeAll(async () => {
  const dist = join(folder, 'dist')
  mkdirSync(join(dist, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.js'), 'secret')
  symlinkSync(join(folder, 'secret.js'), join(dist, 'linked.js'))
  writeFileSync(join(dist, 'index.html'), PAGE)
  writeFileSync(join(dist, 'sw.js'), '// worker')
  writeFileSync(join(dist, 'manifest.webmanifest'), '{}')
  writeFileSync(join(dist, 'assets', 'index-abc.js'), SCRIPT)
  writeFileSync(join(dist, 'assets', 'index-abc.js.br'), brotliCompressSync(SCRIPT))
  writeFileSync(join(dist, 'assets', 'index-abc.js.gz'), gzipSync(SCRIPT))
  writeFileSync(join(dist, 'assets', 'inter-abc.woff2'), 'font')
  for (let count = 0; count < PARTS; count += 1) writeFileSync(join(dist, 'assets', `part-${count}.js`), '')
  server = await startRest()
  await mountSite({ http: server.http, log }, dist)
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('the web app', () => {
  it('SITE-1 every address of the app is its one page, also with a name that looks like a file', async () => {
    for (const path of [
      '/',
      '/signin',
      '/chat',
      '/chat/channel/release-1.0',
      '/chat/dm/0190?x=1',
      '/room/ABC234',
      '/g/a.b',
      '/admins',
    ]) {
      const response = await ask(path, BROWSER)
      expect([response.status, response.headers.get('content-type')], path).toEqual([
        200,
        'text/html; charset=utf-8',
      ])
      expect(await response.text()).toBe(PAGE)
    }
    // Whoever asks for the bare address: monitors, curl.
    expect((await ask('/', { accept: '*/*' })).status).toBe(200)
  })

  it('SITE-1 what is no page stays as it was: interfaces, files that are not there, writes, programs', async () => {
    for (const [path, method, accept] of [
      ['/api/nothing', 'GET', 'text/html'],
      ['/api', 'GET', 'text/html'],
      ['/admin/nothing', 'GET', 'text/html'],
      ['/ws', 'GET', 'text/html'],
      ['/signal', 'GET', 'text/html'],
      ['/peerjs/x', 'GET', 'text/html'],
      ['/socket.io/x', 'GET', 'text/html'],
      ['/favicon.ico', 'GET', 'text/html'],
      ['/assets/index-old.js', 'GET', 'text/html'],
      ['/assets/', 'GET', 'text/html'],
      ['/chat/dm/x', 'GET', 'application/json'],
      ['/', 'POST', 'text/html'],
      ['/signin', 'DELETE', 'text/html'],
    ] as const) {
      const response = await ask(path, { accept }, method)
      expect([response.status, response.headers.get('content-type')], path).toEqual([
        404,
        'application/problem+json; charset=utf-8',
      ])
    }
    expect((await ask('/assets/index-old.js')).headers.get('cache-control')).toBe('no-store')
    expect((await ask('/api/health', BROWSER)).headers.get('content-type')).toContain('json')
    expect((await ask('/api/docs', BROWSER)).status).toBe(200)
  })

  it('SITE-2 the page runs no text as code, loads from this server alone, and is in no frame', async () => {
    const { headers } = await ask('/chat/channel/123', BROWSER)
    const policy = headers.get('content-security-policy')!.split('; ')
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ]),
    )
    expect(policy.find((part) => part.startsWith('script-src'))).not.toMatch(/unsafe|data:|blob:|\*/)
    expect(policy.find((part) => part.startsWith('trusted-types'))).not.toMatch(/\*|default|allow-duplicates/)
    expect(headers.get('permissions-policy')).toMatch(
      /camera=\(self\), microphone=\(self\), display-capture=\(self\).*geolocation=\(\)/,
    )
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  })

  it('SITE-3 files named by what is in them are kept for good, all others are asked for each time', async () => {
    const script = await ask('/assets/index-abc.js')
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    for (const path of ['/', '/index.html', '/sw.js', '/manifest.webmanifest', '/signin']) {
      const first = await ask(path, BROWSER)
      expect(first.headers.get('cache-control'), path).toBe('no-cache')
      const etag = first.headers.get('etag')!
      const again = await ask(path, { ...BROWSER, 'if-none-match': `"other", ${etag}` })
      expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
      expect((await ask(path, { ...BROWSER, 'if-none-match': '"other"' })).status).toBe(200)
    }
  })

  it('SITE-3 a script comes compressed as its reader likes, a font as it is', async () => {
    for (const [accepted, encoding] of [
      ['gzip, deflate, br', 'br'],
      ['gzip;q=0.5', 'gzip'],
      ['br;q=0, gzip', 'gzip'],
      ['br;q=0.0', null],
      ['identity', null],
      ['brotli', null],
    ] as const) {
      const response = await ask('/assets/index-abc.js', { 'accept-encoding': accepted })
      expect(response.headers.get('content-encoding'), accepted).toBe(encoding)
      expect(response.headers.get('vary')).toContain('Accept-Encoding')
      expect(await response.text()).toBe(SCRIPT)
    }
    const font = await ask('/assets/inter-abc.woff2', { 'accept-encoding': 'br, gzip' })
    expect([font.headers.get('content-encoding'), font.headers.get('content-type')]).toEqual([
      null,
      'font/woff2',
    ])
    expect((await ask('/assets/index-abc.js.br')).status).toBe(404)
  })

  it('SITE-3 every file of the build is there', async () => {
    const statuses = new Set<number>()
    for (let count = 0; count < PARTS; count += 1)
      statuses.add((await ask(`/assets/part-${count}.js`, {}, 'HEAD')).status)
    expect([...statuses]).toEqual([200])
  })

  it('SITE-3 HEAD is GET without the body', async () => {
    for (const path of ['/', '/assets/index-abc.js', '/signin']) {
      const [get, head] = await Promise.all([ask(path, BROWSER), ask(path, BROWSER, 'HEAD')])
      expect([head.status, await head.text()], path).toEqual([200, ''])
      for (const name of ['content-type', 'content-length', 'etag', 'cache-control'])
        expect(head.headers.get(name), name).toBe(get.headers.get(name))
    }
  })

  it('SITE-4 no path leads out of the folder', async () => {
    for (const path of [
      '/../secret.js',
      '/assets/../../secret.js',
      '/..%2fsecret.js',
      '/%2e%2e/secret.js',
      '/assets/%2e%2e/%2e%2e/secret.js',
      '/..\\secret.js',
      '//secret.js',
      '/linked.js',
      '/assets/./index-abc.js',
    ]) {
      const peer = await RawTcp.connect(server.url)
      peer.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      await peer.gone
      const answer = peer.received.toString()
      expect(answer, path).toMatch(/^HTTP\/1\.1 404/)
      expect(answer).not.toContain('\r\n\r\nsecret')
    }
  })

  it('SITE-5 pages and files do not count for LIMIT_REST', async () => {
    const own = await startRest({ limits: { rest: { points: 1, windowMs: 60_000 } } })
    try {
      await mountSite({ http: own.http, log }, join(folder, 'dist'))
      for (const path of ['/assets/index-abc.js', '/signin', '/', '/assets/index-old.js']) {
        for (let count = 0; count < 5; count += 1)
          expect((await fetch(`${own.url}${path}`, { headers: BROWSER })).status).not.toBe(429)
      }
      expect((await fetch(`${own.url}/api/users`)).status).toBe(401)
      expect((await fetch(`${own.url}/api/users`)).status).toBe(429)
    } finally {
      await own.close()
    }
  })
})

describe('a server without the web app', () => {
  it('SITE-6 says so in a line of its log and on its page, and does all else', async () => {
    const own = await startRest()
    try {
      await mountSite({ http: own.http, log }, join(folder, 'nothing'))
      expect(warnings).toEqual([expect.stringContaining('npm run build')])
      const page = await fetch(`${own.url}/chat/dm/x`, { headers: BROWSER })
      expect([page.status, page.headers.get('cache-control')]).toEqual([503, 'no-store'])
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(await page.text()).toContain('npm run build')
      expect((await fetch(`${own.url}/api/health`)).status).toBe(200)
      expect((await fetch(`${own.url}/nothing.js`)).status).toBe(404)
    } finally {
      await own.close()
    }
  })
})

describe('the bare address', () => {
  it('SITE-7 is a page for GET and signal for a WebSocket', async () => {
    const whole = await startTestServer()
    try {
      const page = await fetch(whole.url, { headers: BROWSER })
      expect([page.headers.get('content-type'), [200, 503].includes(page.status)]).toEqual([
        'text/html; charset=utf-8',
        true,
      ])
      const user = await whole.register('ann')
      const client = await whole.open(`/?token=${user.token}`)
      client.send({ type: 'create-group', payload: { groupName: 'stand-up', username: 'ann' } })
      expect(await client.next('group-created')).toMatchObject({ payload: { groupName: 'stand-up' } })
      client.close()
    } finally {
      await whole.stop()
    }
  })
})
