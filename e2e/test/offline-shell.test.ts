import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { TestBrowser } from './harness/browser.ts'
import { type Parley, startParley } from './harness/parley.ts'

let parley: Parley
let browser: TestBrowser
/** Two servers and a browser, on a machine that is busy (ms). */
const LONG = 90_000

beforeAll(async () => {
  parley = await startParley()
  browser = await TestBrowser.launch()
})
afterAll(async () => {
  await browser.close()
  await parley.stop()
})

/** Resolves once the worker of the page is in charge of what is opened next. */
const untilKept = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready
    while (registration.active?.state !== 'activated') await new Promise((resolve) => setTimeout(resolve, 20))
  })

it('PWA-6 the page loads, speaks WebSocket to its own server and registers its worker, and the policy refuses nothing', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(parley.url)
  await page.waitForSelector('#root > *')
  await untilKept(page)
  const opened = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/signal`)
        socket.onopen = () => resolve('open')
        socket.onerror = () => resolve('refused')
      }),
  )
  expect(opened).toBe('open')
  expect(browser.trouble).toEqual([])
  await context.close()
})

it('PWA-6 the policy refuses inline scripts, text as code, HTML from text and connections elsewhere', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(parley.url)
  const refused = await page.evaluate(async () => {
    const names: string[] = []
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
      names.push(effectiveDirective),
    )
    const attempts = [
      () => {
        document.body.innerHTML = '<b>text</b>'
      },
      () => window.setTimeout('globalThis.ran = true', 0),
      () => {
        const script = document.createElement('script')
        script.text = 'globalThis.ran = true'
        document.body.append(script)
      },
      () => navigator.serviceWorker.register('/other.js'),
      () => fetch('http://127.0.0.1:9/'),
    ]
    for (const attempt of attempts) {
      try {
        await attempt()
      } catch {
        // Told by the event.
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
    return { names, ran: 'ran' in globalThis }
  })
  expect(refused.ran).toBe(false)
  expect(refused.names.filter((name) => name === 'require-trusted-types-for').length).toBeGreaterThanOrEqual(
    4,
  )
  expect(refused.names).toContain('connect-src')
  await context.close()
})

it(
  'PWA-6 the app opens at any of its addresses while the server is gone',
  async () => {
    const own = await startParley()
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(own.url)
    await untilKept(page)
    await own.stop()
    for (const path of ['/', '/signin', '/room/ABC234']) {
      const response = await page.goto(`${own.url}${path}`)
      expect([response?.status(), response?.fromServiceWorker()], path).toEqual([200, true])
      expect(response?.headers()['content-security-policy']).toContain("script-src 'self'")
      await page.waitForSelector('#root > *')
    }
    expect(await page.evaluate(() => fetch('/api/health').then(String, () => 'away'))).toBe('away')
    await context.close()
  },
  LONG,
)
