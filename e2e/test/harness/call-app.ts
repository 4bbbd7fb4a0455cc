import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { PATIENCE } from './browser.ts'
import type { Stage } from './stage.ts'
import { type Person, signUp } from './web-app.ts'

const poll = <T>(read: () => Promise<T>, message: string) => expect.poll(read, { timeout: PATIENCE, message })

/** Signed in, and ready to be rung. */
export const openListener = async (stage: Stage, name: string): Promise<Person> => {
  const ready = (page: Page) =>
    page.waitForEvent('websocket', { predicate: (socket) => socket.url().includes('/signal') })
  const person = await signUp(stage, name)
  await Promise.all([ready(person.page), person.page.goto(stage.parley.url)])
  return person
}

/** Opens the direct conversation and calls from its header. */
export const callFromHeader = async (
  { parley }: Stage,
  caller: Person,
  callee: Person,
  button: 'Video call' | 'Voice call' = 'Video call',
): Promise<void> => {
  await caller.page.goto(`${parley.url}/chat/dm/${callee.id}`)
  await caller.page.getByRole('button', { name: button }).click()
}

export const ringOf = (page: Page): Locator => page.getByTestId('incoming-call')
export const callOf = (page: Page): Locator => page.getByTestId('call-view')
export const tileOf = (page: Page, name: string): Locator =>
  page.locator(`[data-testid="call-tile"][data-name="${name}"]`)

/** Until the tile of somebody shows more frames, and another picture, than it did. */
export const untilMoves = async (page: Page, name: string): Promise<void> => {
  const look = () =>
    tileOf(page, name)
      .locator('video')
      .evaluate((element) => {
        const video = element as unknown as {
          readonly videoWidth: number
          getVideoPlaybackQuality(): { readonly totalVideoFrames: number }
        }
        return { width: video.videoWidth, frames: video.getVideoPlaybackQuality().totalVideoFrames }
      })
      .catch(() => ({ width: 0, frames: 0 }))
  await poll(async () => (await look()).width, `a picture of ${name}`).toBeGreaterThan(2)
  const { frames } = await look()
  await poll(async () => (await look()).frames, `a moving picture of ${name}`).toBeGreaterThan(frames + 5)
}

/** Until as many sounds of others can be heard as `count`: what is played now is not silence. */
export const untilHeard = async (page: Page, count: number): Promise<void> => {
  const loud = () =>
    page.evaluate<number>(`(async () => {
      const context = new AudioContext()
      const meters = [...document.querySelectorAll('audio')].filter((audio) => !audio.paused && audio.srcObject).map((audio) => {
        const meter = context.createAnalyser()
        context.createMediaStreamSource(audio.srcObject).connect(meter)
        return { meter, peak: 0 }
      })
      const bytes = new Float32Array(2048)
      for (let round = 0; round < 30; round += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50))
        for (const each of meters) {
          each.meter.getFloatTimeDomainData(bytes)
          each.peak = Math.max(each.peak, ...bytes.map(Math.abs))
        }
      }
      await context.close()
      return meters.filter(({ peak }) => peak > 0.01).length
    })()`)
  await poll(loud, `the sound of ${count}`).toBe(count)
}

/** Until a tile says this of its person. */
export const untilShows = async (
  page: Page,
  name: string,
  what: 'camera' | 'microphone' | 'screen',
  value: boolean,
): Promise<void> => {
  await page.waitForSelector(`[data-testid="call-tile"][data-name="${name}"][data-${what}="${value}"]`)
}

/** Enters the call of the page one is at. */
export const joinFromLobby = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Join the call' }).click()
