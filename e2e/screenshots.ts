// Takes the pictures of the web app: every page worth looking at, at three widths, light and dark, into .cache/screenshots;
// those that the README shows go to docs/images as well.
//   npm run screenshots            all of them
//   npm run screenshots -- call    those whose name holds the word
import { copyFileSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { TestBrowser } from './test/harness/browser.ts'
import { startParley } from './test/harness/parley.ts'
import type { Stage } from './test/harness/stage.ts'
import { makeChannel, openAgain, openAs, type Person } from './test/harness/web-app.ts'

const FOLDER = fileURLToPath(new URL('../.cache/screenshots/', import.meta.url))
const SHOWN_FOLDER = fileURLToPath(new URL('../docs/images/', import.meta.url))
const SHOWN = new Set([
  'channel-thread-1440-light',
  'direct-390-light',
  'room-1440-dark',
  'call-1440-dark',
  'right-to-left-820-light',
  'palette-1440-light',
])
const WIDTHS = [390, 820, 1_440] as const
const HEIGHTS: Readonly<Record<number, number>> = { 390: 844, 820: 1_180, 1440: 900 }
const SCHEMES = ['light', 'dark'] as const
/** Pictures, sounds and fonts have come by then (ms). */
const SETTLED = 900

const wanted = process.argv[2] ?? ''

/** Every width and scheme of what a page shows now. */
const shoot = async (page: Page, name: string): Promise<void> => {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHTS[width] ?? 900 })
      await page.waitForTimeout(SETTLED)
      const picture = `${name}-${width}-${colorScheme}`
      await page.screenshot({ path: `${FOLDER}${picture}.png` })
      if (SHOWN.has(picture)) copyFileSync(`${FOLDER}${picture}.png`, `${SHOWN_FOLDER}${picture}.png`)
    }
  }
  await page.setViewportSize({ width: 1_440, height: 900 })
  console.log(name)
}

const write = async (page: Page, text: string): Promise<void> => {
  await page.getByTestId('message-input').fill(text)
  await page.getByTestId('message-input').press('Enter')
  await page.waitForTimeout(250)
}

interface Scene {
  readonly stage: Stage
  readonly url: string
  readonly ann: Person
  readonly ben: Person
  readonly cleo: Person
}

/** The first three act in most of the scenes. */
const prepare = async (stage: Stage): Promise<Scene> => ({
  stage,
  url: stage.parley.url,
  ann: await openAs(stage, 'Ann'),
  ben: await openAs(stage, 'Ben'),
  cleo: await openAs(stage, 'Cleo'),
})

const signIn = async ({ stage, url }: Scene): Promise<void> => {
  const context = await stage.browser.newContext()
  const page = await context.newPage()
  await page.goto(url)
  await page.getByLabel('Username or email').waitFor()
  await shoot(page, 'sign-in')
  await context.close()
}

const empty = async ({ stage }: Scene): Promise<void> => {
  const { page, context } = await openAs(stage, 'Newcomer')
  await page.getByRole('navigation').first().waitFor()
  await shoot(page, 'empty')
  await context.close()
}

/** Read, delivered, sent, on its way and refused, one under the other. */
const direct = async ({ stage, url, ann, ben }: Scene): Promise<void> => {
  let isRefusing = false
  const device = await openAgain(stage, ann, '/signin')
  await device.page.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((message) => {
      const send = /^42(\d+)\["message:send"/.exec(String(message))
      if (!isRefusing || send === null) return server.send(message)
      const error = { code: 'FORBIDDEN', message: 'The server does not take this message' }
      return socket.send(`43${send[1]}[${JSON.stringify({ ok: false, error })}]`)
    })
  })
  const { page } = device
  await page.goto(`${url}/chat/dm/${ben.id}`)
  await ben.page.goto(`${url}/chat/dm/${ann.id}`)
  await write(page, 'Morning! Did the migration go through?')
  await write(ben.page, 'It did: 41 minutes, nothing lost. The **read replicas** follow with 2 s of lag.')
  await write(ben.page, 'Numbers are in `reports/2026-11.md`.')
  await write(page, 'Then we ship on Thursday 🎉')
  await page.waitForTimeout(1_000)
  await ben.page.goto(`${url}/room/SIDE`)
  await ben.page.getByTestId('message-input').waitFor()
  await page.waitForTimeout(1_000)
  await write(page, 'I will write the notes this afternoon.')
  await page.waitForTimeout(500)
  await ben.page.goto('about:blank')
  await write(page, 'Can you read them before five?')
  await page.waitForTimeout(500)
  isRefusing = true
  await write(page, 'And this one the server did not take.')
  await device.context.setOffline(true)
  await write(page, 'This one waits for the network.')
  await shoot(page, 'direct')
  await device.context.close()
  await ben.page.goto(url)
}

const channel = async ({ stage, url, ann, ben, cleo }: Scene): Promise<void> => {
  for (const name of ['general', 'deploys', 'reading-club']) await makeChannel(stage, ben, name, [ann, cleo])
  const id = await makeChannel(stage, ann, 'design', [ben, cleo])
  for (const { page } of [ann, ben, cleo]) await page.goto(`${url}/chat/channel/${id}`)
  await write(
    ann.page,
    'New icons are in. Three things changed:\n\n- one weight, 1.5 px\n- arrows mirror in Arabic and Hebrew\n- the lock is filled in whisper rooms',
  )
  await write(ben.page, 'Much calmer. @Ann does the muted one pass at 3:1?')
  await write(cleo.page, '```\ncontrast(muted, surface)  4.71\ncontrast(line, surface)   3.02\n```')
  await write(ann.page, 'It does 👍')
  const asked = ann.page.getByRole('article').filter({ hasText: 'Much calmer' }).first()
  const row = (await asked.count()) > 0 ? asked : ann.page.getByText('Much calmer').first()
  await row.hover()
  await ann.page.getByRole('button', { name: 'Reply in a thread' }).first().click()
  await ann.page.getByTestId('thread-input').fill('4.71, so with room to spare.')
  await ann.page.getByTestId('thread-input').press('Enter')
  await ann.page.waitForTimeout(400)
  await shoot(ann.page, 'channel-thread')
  await ann.page.keyboard.press('Escape')
  await ann.page.goto(`${url}/chat/channel/${id}`)
  await ann.page.getByTestId('message-input').waitFor()
  await ann.page
    .getByRole('button', { name: /search/i })
    .last()
    .click()
  await ann.page.getByRole('searchbox').last().fill('contrast')
  await ann.page.waitForTimeout(1_200)
  await shoot(ann.page, 'search')
  await ann.page.goto(`${url}/chat/channel/${id}`)
  await ann.page.getByTestId('message-input').waitFor()
  await ann.page.keyboard.press('Control+k')
  await ann.page.keyboard.type('de')
  await ann.page.waitForTimeout(600)
  await shoot(ann.page, 'palette')
  await ann.page.keyboard.press('Escape')
}

const room = async ({ url, ann, ben }: Scene): Promise<void> => {
  for (const { page } of [ann, ben]) {
    await page.goto(`${url}/room/LANTERN`)
    await page.getByTestId('message-input').waitFor()
  }
  await write(ann.page, 'Nobody will find this tomorrow.')
  await write(ben.page, 'That is the idea. Offer stands at 12.')
  await write(ann.page, 'Thirteen, and we shake hands.')
  await ben.page.getByTestId('message-input').pressSequentially('Hm', { delay: 200 })
  await shoot(ann.page, 'room')
}

const call = async ({ stage, url, ann, ben, cleo }: Scene): Promise<void> => {
  const dan = await openAs(stage, 'Dan')
  await ann.page.goto(url)
  await ann.page.getByRole('button', { name: 'New group call' }).click()
  await ann.page.getByLabel('Name of the call').fill('Planning')
  await ann.page.getByRole('button', { name: 'Start the call' }).click()
  await ann.page.waitForURL(/\/g\//)
  await ann.page.getByText('Nobody else is here yet').waitFor()
  for (const { page } of [ben, cleo, dan]) {
    // Four people's pictures are a lot for one machine: those who are not looked at are small.
    page.setDefaultTimeout(60_000)
    await page.setViewportSize({ width: 480, height: 360 })
    await page.goto(ann.page.url())
    await page.getByRole('button', { name: 'Join the call' }).click()
    await page.getByTestId('call-view').waitFor()
  }
  await ann.page.waitForTimeout(5_000)
  await shoot(ann.page, 'call')
  await dan.context.close()
}

const offline = async ({ stage, url, ann }: Scene): Promise<void> => {
  const { page, context } = await openAgain(stage, ann)
  await page.goto(`${url}/chat/channel/design`)
  await page.getByTestId('message-input').waitFor()
  await page.waitForTimeout(1_000)
  await context.setOffline(true)
  await write(page, 'Written in the train, in a tunnel.')
  await write(page, 'And this right after it.')
  await page.waitForTimeout(1_500)
  await shoot(page, 'offline')
  await context.close()
}

const missing = async ({ stage, url, ann }: Scene): Promise<void> => {
  const { page, context } = await openAgain(stage, ann)
  await page.goto(`${url}/chat/channel/nothing-here`)
  await page.waitForTimeout(1_500)
  await shoot(page, 'error')
  await context.close()
}

const arabic = async ({ stage, url, ann }: Scene): Promise<void> => {
  const options: BrowserContextOptions = { locale: 'ar' }
  const { page, context } = await openAgain(stage, ann, '/', options)
  await page.goto(`${url}/chat/channel/design`)
  await page.getByTestId('message-input').waitFor()
  await shoot(page, 'right-to-left')
  await context.close()
}

const SCENES = { signIn, empty, direct, channel, room, offline, missing, arabic, call } as const

for (const folder of [FOLDER, SHOWN_FOLDER]) mkdirSync(folder, { recursive: true })
const [parley, browser] = await Promise.all([startParley({ LIMITS: 'off' }), TestBrowser.launch()])
try {
  const scene = await prepare({ parley, browser })
  for (const [name, run] of Object.entries(SCENES)) {
    if (!name.toLowerCase().includes(wanted.toLowerCase())) continue
    await run(scene).catch((error: unknown) => {
      console.error(`${name} could not be taken:`, error instanceof Error ? error.message : error)
      process.exitCode = 1
    })
  }
} finally {
  await browser.close()
  await parley.stop()
}
