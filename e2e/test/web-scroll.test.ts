import { setTimeout as sleep } from 'node:timers/promises'
import { SocketClient } from '@parley/testkit/socket-client'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { TestBrowser } from './harness/browser.ts'
import { type MainThreadWork, startMainThreadTrace } from './harness/main-thread-trace.ts'
import { type Parley, startParley } from './harness/parley.ts'
import { makeChannel, openAs, type Person } from './harness/web-app.ts'

vi.setConfig({ testTimeout: 420_000, hookTimeout: 300_000 })

/** A channel as large as anybody reads, scrolled from one end to the other. */
const MESSAGES = 10_000
/** What a browser calls a long task (ms). */
const LONG_TASK = 50
/** One turn of a wheel that is turned fast, and the time between two (ms). */
const STEP = 900
const PAUSE = 16

let parley: Parley
let browser: TestBrowser
let ann: Person
let bob: Person
let channelId: string

const TEXTS = [
  'Short.',
  'A message of **middling** length, with `code` and a [link](https://example.org/a).',
  `A longer one: ${'words that go on and on '.repeat(15)}`,
  '- one\n- two\n- three',
  '```\nconst one = 1\nconst two = 2\n```',
  'See https://example.com/path and @nobody.',
] as const

/** Two who answer each other, as fast as the server takes it. */
const fill = async (): Promise<void> => {
  const sockets = await Promise.all(
    [ann, bob].map(({ id, token }) => SocketClient.connect(parley.url, { userId: id, token })),
  )
  for (let start = 0; start < MESSAGES; start += 250)
    await Promise.all(
      Array.from({ length: 250 }, (_, index) => {
        const position = start + index
        const content = `${position} ${TEXTS[position % TEXTS.length]}`
        return sockets[Math.floor(position / 7) % 2]!.socket.emitWithAck('message:send', {
          channelId,
          content,
        })
      }),
    )
  for (const { socket } of sockets) socket.disconnect()
}

beforeAll(async () => {
  parley = await startParley({ LIMITS: 'off' })
  browser = await TestBrowser.launch()
  ann = await openAs({ parley, browser }, 'ann')
  bob = await openAs({ parley, browser }, 'bob')
  channelId = await makeChannel({ parley, browser }, ann, 'large', [bob])
  await Promise.all([ann.page.close(), bob.page.close()])
  await fill()
})

afterAll(async () => {
  await browser?.close()
  await parley?.stop()
})

interface Place {
  readonly top: number
  readonly left: number
  readonly isBeginning: boolean
}

const place = (page: Page): Promise<Place> =>
  page.getByTestId('message-list').evaluate((list) => ({
    top: list.scrollTop,
    left: list.scrollHeight - list.clientHeight - list.scrollTop,
    isBeginning: list.textContent?.includes('This is where the channel begins') ?? false,
  }))

/** The newest message is in sight. */
const untilAtEnd = async (page: Page): Promise<void> => {
  const isAtEnd = page.waitForFunction(() => {
    const list = document.querySelector('[data-testid=message-list]')
    return list !== null && list.scrollTop > 0 && list.scrollHeight - list.clientHeight - list.scrollTop < 80
  })
  await isAtEnd.catch(async (cause) => {
    const seen = await page.locator('main').textContent()
    throw new Error(`It is not at its end: ${JSON.stringify(await place(page).catch(String))} ${seen}`, {
      cause,
    })
  })
}

/** Nothing moves any more. */
const untilStill = async (page: Page): Promise<Place> => {
  for (let tries = 0; tries < 50; tries += 1) {
    const before = await place(page)
    await sleep(300)
    const now = await place(page)
    if (now.top === before.top && now.left === before.left) return now
  }
  throw new Error('It does not come to rest.')
}

const open = async (): Promise<Page> => {
  const page = await ann.context.newPage()
  await page.goto(`${parley.url}/chat/channel/${channelId}`)
  await page.getByTestId('message-list').locator('[data-message]').last().waitFor()
  await untilAtEnd(page)
  // Over the list, where a hand would be.
  const box = await page.getByTestId('message-list').boundingBox()
  await page.mouse.move(box!.x + box!.width / 2, box!.y + box!.height / 2)
  return page
}

const wheel = async (
  page: Page,
  step: number,
  isThere: (now: Place) => boolean,
  most: number,
): Promise<void> => {
  for (let turn = 1; turn <= most; turn += 1) {
    await page.mouse.wheel(0, step)
    await sleep(PAUSE)
    if (turn % 20 === 0 && isThere(await place(page))) return
  }
  throw new Error(`It does not get there: ${JSON.stringify(await place(page))}`)
}

/** From the newest to where the channel begins, loading all of it on the way. */
const readBack = async (page: Page): Promise<MainThreadWork> => {
  const trace = await startMainThreadTrace(page)
  await wheel(page, -STEP, ({ top, isBeginning }) => isBeginning && top < 5, 6_000)
  return trace.stop()
}

/** There and back, somewhere in the middle of it. */
const leaf = async (page: Page): Promise<MainThreadWork> => {
  const trace = await startMainThreadTrace(page)
  for (let turn = 0; turn < 60; turn += 1) {
    await page.mouse.wheel(0, turn % 30 < 22 ? STEP : -STEP)
    await sleep(PAUSE)
  }
  return trace.stop()
}

/** The same while pages of history come in at the speed of a wheel, and are laid out: no step of it may be felt. */
const LOADING_TASK = 150

/**
 * The best of a few: work that is too long is so every time, while what a busy machine or a collection of garbage adds to
 * one task is not.
 */
const best = async (rounds: number, measure: () => Promise<MainThreadWork>): Promise<MainThreadWork> => {
  let least: MainThreadWork | null = null
  for (let round = 0; round < rounds && (least === null || least.longest >= LONG_TASK); round += 1) {
    const work = await measure()
    expect(work.tasks).toBeGreaterThan(100)
    if (least === null || work.longest < least.longest) least = work
  }
  return least!
}

it('WEBMSG-18 ten thousand messages are loaded and scrolled through without a long task', async () => {
  const page = await open()
  const loading = await readBack(page)
  // In the page: what is seen and a little more, however much there is.
  expect(await page.getByTestId('message-list').locator('[data-message]').count()).toBeLessThan(80)
  const scrolling = await best(5, () => leaf(page))
  expect(scrolling.longest).toBeLessThan(LONG_TASK)
  expect(loading.longest).toBeLessThan(LOADING_TASK)
  await page.close()
})

it('WEBMSG-19 what one reads stays in its place when history comes in above it', async () => {
  const page = await open()
  const shown = () =>
    page.evaluate(() => {
      const list = document.querySelector('[data-testid=message-list]')
      const edge = list?.getBoundingClientRect().top ?? 0
      const rows = [...(list?.querySelectorAll('[data-message]') ?? [])]
      const row = rows.find((one) => one.getBoundingClientRect().top >= edge + 100)
      return { key: row?.getAttribute('data-message'), y: row?.getBoundingClientRect().top ?? 0 }
    })
  const yOf = (key: string) =>
    page.locator(`[data-message="${key}"]`).evaluate((row) => row.getBoundingClientRect().top)
  // Pages are held back until one waits for them at the very top.
  let isHeld = true
  const waiting: (() => void)[] = []
  await page.route(/\/messages\?/, async (route) => {
    if (isHeld) await new Promise<void>((resolve) => waiting.push(resolve))
    await route.continue()
  })
  for (let turn = 0; turn < 200 && waiting.length === 0; turn += 1) {
    await page.mouse.wheel(0, -300)
    await sleep(PAUSE)
  }
  for (let turn = 0; turn < 12; turn += 1) {
    await page.mouse.wheel(0, -300)
    await sleep(PAUSE)
  }
  const { top } = await untilStill(page)
  const before = await shown()
  isHeld = false
  for (const go of waiting) go()
  await page.waitForFunction(
    (was) => (document.querySelector('[data-testid=message-list]')?.scrollTop ?? 0) > was + 500,
    top,
  )
  await untilStill(page)
  expect(Math.abs((await yOf(before.key ?? '')) - before.y)).toBeLessThan(3)
  await page.close()
})

it('WEBMSG-19 a list that is shorter than its place is at its end when history comes in above it', async () => {
  const carl = await openAs({ parley, browser }, 'carl')
  const shortId = await makeChannel({ parley, browser }, carl, 'short', [bob])
  await carl.page.close()
  const client = await SocketClient.connect(parley.url, { userId: bob.id, token: bob.token })
  for (let position = 1; position <= 120; position += 1)
    await client.socket.emitWithAck('message:send', {
      channelId: shortId,
      // Less high than it looks before it is laid out: the list shrinks below its place.
      content: `\`\`\`\nLine ${position}\n\`\`\``,
    })
  client.socket.disconnect()
  const page = await carl.context.newPage()
  // A device that knows nothing is told of the last few; the pages before them are held back until those are shown.
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route(/\/messages\?/, async (route) => {
    await held
    await route.continue()
  })
  await page.goto(`${parley.url}/chat/channel/${shortId}`)
  const list = page.getByTestId('message-list')
  await list.getByText('Line 120', { exact: true }).waitFor()
  expect(await list.getByText('Line 100', { exact: true }).count()).toBe(0)
  const { top, left } = await untilStill(page)
  expect({ top, left }).toEqual({ top: 0, left: 0 })
  release()
  await untilAtEnd(page)
  await untilStill(page)
  await untilAtEnd(page)
  await list.getByText('Line 120', { exact: true }).waitFor()
  expect(await page.getByRole('button', { name: 'Go to the newest' }).count()).toBe(0)
  await carl.context.close()
})

it('WEBMSG-20 what comes is followed at the end alone, and told where one reads elsewhere', async () => {
  const page = await open()
  const client = await SocketClient.connect(parley.url, { userId: bob.id, token: bob.token })
  const say = (content: string) => client.socket.emitWithAck('message:send', { channelId, content })
  await say('Followed')
  await page.getByTestId('message-list').getByText('Followed').waitFor()
  await untilAtEnd(page)
  await page.mouse.wheel(0, -2_000)
  await page.getByRole('button', { name: 'Go to the newest' }).waitFor()
  const before = await untilStill(page)
  await say('Not followed')
  await say('Nor this')
  const button = page.getByRole('button', { name: '2 new' })
  await button.waitFor()
  expect(Math.abs((await place(page)).top - before.top)).toBeLessThan(3)
  await button.click()
  await page.getByTestId('message-list').getByText('Nor this').waitFor()
  await button.waitFor({ state: 'detached' })
  await page.getByTestId('message-list').getByText('New', { exact: true }).waitFor()
  client.socket.disconnect()
  await page.close()
})
