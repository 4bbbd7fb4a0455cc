import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { findChromium } from './chromium.ts'
import { type PageServer, startPageServer } from './page-server.ts'

/**
 * Fake camera and microphone, no questions asked, and peer connections over loopback. A picture that moves is enough: to
 * encode and show many of them a second is most of what a call costs where there is no hardware for it.
 */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--use-fake-device-for-media-stream=fps=10',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
]

/** How long one thing in a page may take (ms): generous, as machines are busy. */
export const PATIENCE = 20_000

/** A browser of which every page is another person, with storage and devices of its own. */
export class TestBrowser {
  readonly #browser: Browser
  readonly #pages: PageServer
  readonly #trouble: string[] = []

  private constructor(browser: Browser, pages: PageServer) {
    this.#browser = browser
    this.#pages = pages
  }

  static async launch(): Promise<TestBrowser> {
    const browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS })
    return new TestBrowser(browser, await startPageServer())
  }

  /** What no page may have: uncaught errors, rejections that nobody handled, crashes. */
  get trouble(): readonly string[] {
    return this.#trouble
  }

  /** Opens one of the pages of this workspace, which uses the server at `origin`. */
  async open(
    folder: 'call-page' | 'peerjs-page',
    origin: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Page> {
    const context = await this.#browser.newContext({ viewport: { width: 1_000, height: 640 } })
    context.setDefaultTimeout(PATIENCE)
    const page = await context.newPage()
    this.#watch(page, folder)
    await page.goto(
      `${this.#pages.url}/${folder}/index.html?${new URLSearchParams({ server: origin, ...more })}`,
    )
    return page
  }

  /** A person with storage and devices of their own, who looks at nothing yet. */
  async newContext(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.#browser.newContext({ viewport: { width: 1_440, height: 900 }, ...options })
    context.setDefaultTimeout(PATIENCE)
    context.on('page', (page) => this.#watch(page, 'web'))
    return context
  }

  #watch(page: Page, name: string): void {
    page.on('pageerror', (error) => this.#trouble.push(`${name}: ${error.stack ?? error.message}`))
    page.on('crash', () => this.#trouble.push(`${name}: the page crashed`))
    page.on('console', (message) => {
      // Violations of the policy are told in the console alone.
      if (
        message.type() === 'error' &&
        /Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())
      )
        this.#trouble.push(`${name}: ${message.text()}`)
    })
  }

  /** Ends everybody's pages, as if they had all gone at once. */
  async closePages(): Promise<void> {
    this.#trouble.length = 0
    await Promise.all(this.#browser.contexts().map((context) => context.close()))
  }

  close(): Promise<void> {
    this.#pages.close()
    return this.#browser.close()
  }
}
