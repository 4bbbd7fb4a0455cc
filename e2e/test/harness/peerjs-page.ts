import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { PATIENCE, type TestBrowser } from './browser.ts'

/** One person at a page that uses PeerJS's own client. */
export class PeerJsPage {
  readonly id: string
  readonly page: Page

  private constructor(id: string, page: Page) {
    this.id = id
    this.page = page
  }

  /** Resolves once the broker has given an id. */
  static async open(browser: TestBrowser, origin: string): Promise<PeerJsPage> {
    const page = await browser.open('peerjs-page', origin)
    await page.waitForSelector('body[data-state="idle"]')
    return new PeerJsPage((await page.textContent('#me')) ?? '', page)
  }

  async call(other: PeerJsPage): Promise<void> {
    await this.page.fill('#other', other.id)
    await this.page.click('#call [type="submit"]')
  }

  /** Says something over a data connection to whoever is in the field of the call. */
  async say(text: string): Promise<void> {
    await this.page.fill('#text', text)
    await this.page.click('#say [type="submit"]')
  }

  async untilSaid(text: string): Promise<void> {
    await this.page.waitForSelector(`#said li:text-is("${text}")`)
  }

  async untilState(state: 'idle' | 'in-call'): Promise<void> {
    await this.page.waitForSelector(`body[data-state="${state}"]`)
  }

  hangUp(): Promise<void> {
    return this.page.click('#hang-up')
  }

  /** Until picture and sound of some length came. */
  async untilFlows(): Promise<void> {
    const received = (): Promise<{ framesDecoded: number; audioBytes: number }> =>
      this.page.evaluate('peerPage.received()')
    await expect.poll(async () => (await received()).framesDecoded, { timeout: PATIENCE }).toBeGreaterThan(10)
    await expect.poll(async () => (await received()).audioBytes, { timeout: PATIENCE }).toBeGreaterThan(1_000)
  }
}
