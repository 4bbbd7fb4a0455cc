import { describe, expect, it } from 'vitest'
import { adminFolder } from '../../admin/assets.ts'
import { readSocketIoUi, rewritePage } from '../../admin/socket-io-ui.ts'
import { type Assets, readAssets } from '../../http/assets.ts'
import { startAdminWorld } from './world.ts'

const ORIGINS = /(?:https?:)?\/\/[a-z0-9-]+(?:\.[a-z0-9-]+)+[^\s"'`)<>\\]*/gi

/** What is only named in the scripts of others: links to click, licences and hints for developers, names of XML. */
const ONLY_NAMED = [
  'http://www.w3.org/',
  'https://git.io/',
  'https://www.chartjs.org',
  'https://vuetifyjs.com/getting-started/quick-start',
  'https://vue-chartjs.org/guide/',
  'https://socket.io/docs/v3/migrating-from-2-x-to-3-0/',
  'https://github.com/',
  'https://bit.ly/2ZqJzkp',
  'https://example.com',
]

const originsIn = (assets: Assets, extension: string): string[] =>
  [...assets].flatMap(([path, { body }]) =>
    path.endsWith(extension)
      ? (body.toString('utf8').match(ORIGINS) ?? []).filter((origin) => /^(?:https?:)?\/\//i.test(origin))
      : [],
  )

const readPage = () => readAssets(adminFolder('page'))

describe('what is served', () => {
  it('ADMIN-3 the operations page names no third party anywhere', async () => {
    const page = await readPage()
    expect([...page.keys()].sort()).toEqual(['index.html', 'page.js', 'style.css'])
    const named = ['.html', '.css', '.js'].flatMap((extension) => originsIn(page, extension))
    expect(named).toEqual(['http://www.w3.org/2000/svg'])
  })

  it('ADMIN-3 the Socket.IO admin UI loads nothing from a third party', async () => {
    const ui = await readSocketIoUi()
    expect(originsIn(ui, '.html')).toEqual([])
    expect(originsIn(ui, '.css')).toEqual([])
    const named = originsIn(ui, '.js').filter((origin) => /^https?:/i.test(origin))
    expect(named.filter((origin) => !ONLY_NAMED.some((known) => origin.startsWith(known)))).toEqual([])
    const html = ui.get('index.html')!.body.toString('utf8')
    expect(html).toContain('<script src="js/app.')
    expect(html).toMatch(/parley\.js"><\/script>.*js\/app\./)
  })

  it('ADMIN-3 a page that would load something else from elsewhere is not served', () => {
    const page = (part: string) => `<html><head>${part}</head><body></body></html>`
    expect(rewritePage(page('<script src="https://cdn.example.org/x.js"></script>'))).not.toContain('cdn')
    expect(rewritePage(page('<link rel=x href=//cdn.example.org/x.css>'))).not.toContain('cdn')
    expect(() => rewritePage(page('<img src="https://cdn.example.org/x.png">'))).toThrow('third party')
    expect(() => rewritePage('<html></html>')).toThrow('no head')
  })

  it('ADMIN-4 each page has a policy that lets it load from this server alone, and run no text as code', async () => {
    const { server, admin } = await startAdminWorld()
    try {
      const policies = []
      for (const path of ['/admin', '/admin/socket.io/']) {
        const answer = await fetch(`${server.url}${path}`, { headers: { cookie: admin.cookie } })
        expect(answer.status).toBe(200)
        expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
        policies.push(answer.headers.get('content-security-policy') ?? '')
      }
      for (const policy of policies) {
        expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /)
        expect(policy).toContain(
          "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        )
        expect(policy).not.toMatch(/unsafe-eval|https?:|\*|wss?:/)
      }
      expect(policies[0]).not.toContain('unsafe-inline')
      // The page itself has nothing inline for the policy to refuse.
      const html = (await readPage()).get('index.html')!.body.toString('utf8')
      expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/i)
    } finally {
      await server.stop()
    }
  })

  it('ADMIN-4 a file that did not change is not sent again, and one with a hash in its name is not asked for', async () => {
    const { server, admin } = await startAdminWorld()
    try {
      const get = (path: string, headers: Record<string, string> = {}) =>
        fetch(`${server.url}${path}`, { headers: { cookie: admin.cookie, ...headers } })
      const script = await get('/admin/page.js')
      expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
      const again = await get('/admin/page.js', { 'if-none-match': script.headers.get('etag') ?? '' })
      expect([again.status, await again.text()]).toEqual([304, ''])
      const hashed = [...(await readSocketIoUi()).keys()].find((path) => path.startsWith('css/app.'))
      const style = await get(`/admin/socket.io/${hashed}`)
      expect(style.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
    } finally {
      await server.stop()
    }
  })
})
