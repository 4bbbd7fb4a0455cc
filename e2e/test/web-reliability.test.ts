import { freePort } from '@parley/testkit/free-port'
import {
  buildOnce,
  type DataFolder,
  newDataFolder,
  type ServerProcess,
  startProcess,
} from '@parley/testkit/server-process'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { TestBrowser } from './harness/browser.ts'
import { ask, makeChannel, openAs, type Person } from './harness/web-app.ts'

let browser: TestBrowser
let folder: DataFolder
let server: ServerProcess
let port: string

const start = async (): Promise<void> => {
  server = await startProcess(folder.path, { env: { PORT: port } })
}

beforeAll(async () => {
  buildOnce()
  folder = newDataFolder()
  // A server that comes back after a kill has the same address.
  port = String(await freePort())
  browser = await TestBrowser.launch()
  await start()
})

afterEach(async () => {
  const trouble = [...browser.trouble]
  await browser.closePages()
  expect(trouble).toEqual([])
})

afterAll(async () => {
  await browser?.close()
  await server?.stop()
  folder?.remove()
})

const write = async (page: Page, text: string): Promise<void> => {
  await page.getByTestId('message-input').fill(text)
  await page.getByTestId('message-input').press('Enter')
}

interface Listed {
  readonly messages: readonly { readonly source: string; readonly userId: string }[]
}

const storedTexts = async (reader: Person, channelId: string): Promise<readonly string[]> => {
  const { messages } = await ask<Listed>(
    reader,
    'GET',
    `${server.url}/api/channels/${channelId}/messages?limit=100`,
  )
  return messages.map(({ source }) => source).reverse()
}

it('WEBREL-1 a server that is killed and comes back under two who write loses nothing and doubles nothing', async () => {
  const stage = { parley: { url: server.url, stop: async () => undefined }, browser }
  const ann = await openAs(stage, 'ann-kill')
  const bob = await openAs(stage, 'bob-kill')
  const channelId = await makeChannel(stage, ann, 'killed', [bob])
  await Promise.all([ann, bob].map(({ page }) => page.goto(`${server.url}/chat/channel/${channelId}`)))
  await write(ann.page, 'ann before')
  await bob.page.getByTestId('message-list').getByText('ann before').waitFor()

  await server.kill()
  for (let index = 1; index <= 5; index += 1) {
    await write(ann.page, `ann ${index}`)
    await write(bob.page, `bob ${index}`)
  }
  // What waits is shown in its place, as waiting.
  await ann.page.getByTestId('message-list').getByText('ann 5').waitFor()
  await start()

  for (const { page } of [ann, bob]) {
    await page.getByTestId('message-list').getByText('ann 5').waitFor({ timeout: 60_000 })
    await page.getByTestId('message-list').getByText('bob 5').waitFor({ timeout: 60_000 })
  }
  const waiting = (name: string) => Array.from({ length: 5 }, (_, index) => `${name} ${index + 1}`)
  const texts = await storedTexts(ann, channelId)
  expect(texts.filter((text) => text.startsWith('ann '))).toEqual(['ann before', ...waiting('ann')])
  expect(texts.filter((text) => text.startsWith('bob '))).toEqual(waiting('bob'))
}, 180_000)

/** In the page: its device has a message, which is written soon after it came. */
const isKept = async (text: string): Promise<boolean> => {
  const open = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await open(indexedDB.open(name))
    const kept = [...database.objectStoreNames].includes('conversations')
      ? await open(database.transaction('conversations').objectStore('conversations').getAll())
      : []
    database.close()
    if (JSON.stringify(kept).includes(text)) return true
  }
  return false
}

it('WEBREL-2 what was written offline survives a reload, and is delivered once when the network is back', async () => {
  const stage = { parley: { url: server.url, stop: async () => undefined }, browser }
  const ann = await openAs(stage, 'ann-off')
  const bob = await openAs(stage, 'bob-off')
  const channelId = await makeChannel(stage, ann, 'offline', [bob])
  await Promise.all([ann, bob].map(({ page }) => page.goto(`${server.url}/chat/channel/${channelId}`)))
  await write(ann.page, 'on the line')
  await bob.page.getByTestId('message-list').getByText('on the line').waitFor()
  // The page opens without a network once the worker has it.
  await ann.page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  await ann.page.waitForFunction(isKept, 'on the line')

  await ann.context.setOffline(true)
  await write(ann.page, 'off the line')
  await ann.page.getByTestId('message-list').getByText('off the line').waitFor()
  await ann.page.reload()
  await ann.page.getByTestId('message-list').getByText('on the line').waitFor()
  await ann.page.getByTestId('message-list').getByText('off the line').waitFor()
  await ann.context.setOffline(false)

  await bob.page.getByTestId('message-list').getByText('off the line').waitFor({ timeout: 60_000 })
  expect((await storedTexts(bob, channelId)).filter((text) => text === 'off the line')).toHaveLength(1)
}, 120_000)
