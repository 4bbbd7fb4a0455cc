import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { PATIENCE, type TestBrowser } from './browser.ts'

/** What a page gets from one other: counters of its inbound streams, and the picture on the screen. */
export interface Received {
  readonly connectionState: string
  /** How this side reaches the other: `host`, `relay`, …; null: not yet. */
  readonly candidateType: string | null
  readonly framesDecoded: number
  readonly audioBytes: number
  /** Loudness, summed over `audioSeconds` of sound. */
  readonly audioEnergy: number
  readonly audioSeconds: number
  readonly picture: { readonly width: number; readonly height: number; readonly brightness: number }
}

export type CallState = 'away' | 'idle' | 'calling' | 'ringing' | 'in-call'
export type Device = 'audio' | 'video' | 'screen'

/** One person at the call page: does what people do with its buttons, and sees what they see. */
export class CallPage {
  readonly name: string
  readonly page: Page

  private constructor(name: string, page: Page) {
    this.name = name
    this.page = page
  }

  /** Enters a group: the one with this id, or a new one. */
  static async enter(
    browser: TestBrowser,
    origin: string,
    name: string,
    groupId = '',
    more: Readonly<Record<string, string>> = {},
  ): Promise<CallPage> {
    const person = new CallPage(name, await browser.open('call-page', origin, more))
    await person.page.fill('#username', name)
    await person.page.fill('#group', groupId)
    await person.page.click('#enter button')
    await person.page.waitForSelector('#me:has-text(" in group_")')
    return person
  }

  groupId(): Promise<string> {
    return this.page.inputValue('#group')
  }

  call(other: CallPage): Promise<void> {
    return this.page.click(`#people [data-of="${other.name}"]`)
  }

  accept(other: CallPage): Promise<void> {
    return this.page.click(`#rings [data-of="${other.name}"]:text("Accept")`)
  }

  reject(other: CallPage): Promise<void> {
    return this.page.click(`#rings [data-of="${other.name}"]:text("Reject")`)
  }

  press(button: 'join-call' | 'mute' | 'camera' | 'share' | 'hang-up'): Promise<void> {
    return this.page.click(`#${button}`)
  }

  async untilState(state: CallState): Promise<void> {
    await this.page.waitForSelector(`body[data-state="${state}"]`)
  }

  async untilKnows(...others: readonly CallPage[]): Promise<void> {
    for (const { name } of others) await this.page.waitForSelector(`#people [data-of="${name}"]`)
  }

  /** The other is in the group no more. */
  async untilForgets(other: CallPage): Promise<void> {
    await this.page.waitForSelector(`#people [data-of="${other.name}"]`, { state: 'detached' })
  }

  /** What the other side said of its own devices is what the page shows. */
  async untilShows(other: CallPage, device: Device, value: 'on' | 'off'): Promise<void> {
    await this.page.waitForSelector(`[data-name="${other.name}"][data-${device}="${value}"]`)
  }

  async untilNote(text: string): Promise<void> {
    await this.page.waitForSelector(`#note:text-is("${text}")`)
  }

  /** Who this page is in a call with. */
  partners(): Promise<readonly string[]> {
    return this.page.evaluate('callPage.partners().sort()')
  }

  /** Frames that the server sent, by type. */
  frames(type: string): Promise<readonly { readonly payload: Record<string, unknown> }[]> {
    return this.page.evaluate(`callPage.frames.filter(({ type }) => type === ${JSON.stringify(type)})`)
  }

  async received(other: CallPage): Promise<Received> {
    const found = await this.page.evaluate<Received | null>(
      `callPage.received(${JSON.stringify(other.name)})`,
    )
    if (found === null) throw new Error(`${this.name} is in no call with ${other.name}`)
    return found
  }

  /** Until what arrives from the other is as wanted; the failure shows what arrives instead. */
  async untilReceived(other: CallPage, wanted: (received: Received) => boolean, what: string): Promise<void> {
    const deadline = Date.now() + PATIENCE
    for (;;) {
      const received = await this.received(other)
      if (wanted(received)) return
      if (Date.now() > deadline) {
        throw new Error(`${this.name} wants ${what} of ${other.name} and gets ${JSON.stringify(received)}`)
      }
      await sleep(100)
    }
  }

  /** Until more picture and sound came from the other than has by now. */
  async untilFlows(other: CallPage): Promise<void> {
    const before = await this.received(other)
    await this.untilReceived(
      other,
      ({ framesDecoded, audioBytes }) =>
        framesDecoded >= before.framesDecoded + 10 && audioBytes >= before.audioBytes + 1_000,
      'more picture and sound',
    )
  }
}
