import type { Page } from 'playwright-core'
import { describe, expect, it, vi } from 'vitest'
import { PATIENCE } from './harness/browser.ts'
import { sharedStage } from './harness/stage.ts'
import { ask, openAs, type Person } from './harness/web-app.ts'

/** Document 004 as a person sees it: whisper rooms in the web app, on a real server. */

const stage = sharedStage()
const patience = { timeout: PATIENCE }
// Two pages and a server share the machine with everything else.
vi.setConfig({ testTimeout: 120_000 })

const say = async (page: Page, text: string): Promise<void> => {
  await page.getByTestId('message-input').fill(text)
  await page.getByTestId('message-input').press('Enter')
}
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })
const logOf = (page: Page) => page.getByTestId('message-list')
const heard = (page: Page, text: string) => logOf(page).getByText(text, { exact: true }).waitFor()
const statusesOf = (page: Page) => page.getByTestId('message-status').allInnerTexts()

const openRoomMenu = async (page: Page, item: string): Promise<void> => {
  await button(page, 'Create or join a room').click()
  await page.getByRole('menuitem', { name: item }).click()
}

/** Through the dialog; the code. */
const createRoom = async (page: Page, name: string, pin: string): Promise<string> => {
  await openRoomMenu(page, 'Create a whisper room')
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('PIN').fill(pin)
  await button(page, 'Create').click()
  const code = (await page.getByTestId('created-room-code').textContent()) ?? ''
  await button(page, 'Enter the room').click()
  await page.getByTestId('message-input').waitFor()
  return code
}

const givePin = async (page: Page, pin: string): Promise<void> => {
  await page.getByTestId('room-pin').fill(pin)
  await page.getByTestId('room-pin').press('Enter')
}

/** A guest who follows a link into the room. */
const openAsGuest = async (name: string, path: string): Promise<Pick<Person, 'context' | 'page'>> => {
  const { parley, browser } = stage()
  const context = await browser.newContext()
  await ask({ context }, 'POST', `${parley.url}/api/auth/guest`, { username: name })
  const page = await context.newPage()
  await page.goto(`${parley.url}${path}`)
  return { context, page }
}

/** Ann, who made the room, and Bob, a guest, both in it. */
const twoInside = async (prefix: string) => {
  const ann = await openAs(stage(), `${prefix}-ann`)
  const code = await createRoom(ann.page, 'Budget talk', '1234')
  const bob = await openAsGuest(`${prefix}-bob`, `/room/${code}`)
  await givePin(bob.page, '1234')
  await bob.page.getByTestId('message-input').waitFor()
  return { ann: ann.page, bob: bob.page, code }
}

/** Everything that the page could keep beyond itself. */
const storedBy = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const all: unknown[] = [{ ...localStorage }, { ...sessionStorage }]
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name ?? '')
        opening.onsuccess = () => resolve(opening.result)
        opening.onerror = () => reject(opening.error)
      })
      for (const store of db.objectStoreNames) {
        const asking = db.transaction(store).objectStore(store).getAll()
        all.push(await new Promise((resolve) => (asking.onsuccess = () => resolve(asking.result))))
      }
      db.close()
    }
    return JSON.stringify(all)
  })

describe('a room with a PIN', () => {
  it('WEBROOM-1 is made, tells its code, refuses a wrong PIN and lets a guest in with the right one', async () => {
    const ann = await openAs(stage(), 'room1-ann')
    const code = await createRoom(ann.page, 'Budget talk', '1234')
    expect(code).toMatch(/^[A-Z0-9]{8}$/)
    expect(new URL(ann.page.url()).pathname).toBe(`/room/${code}`)
    await ann.page.getByRole('heading', { name: 'Budget talk' }).waitFor()
    await ann.page.getByText('Nothing said here is kept.').waitFor()

    const { page: bob } = await openAsGuest('room1-bob', `/room/${code}`)
    await givePin(bob, '0000')
    await bob.getByText('That is not the PIN of this room.').waitFor()
    expect(await bob.getByTestId('room-pin').inputValue()).toBe('0000')
    await givePin(bob, '1234')
    await bob.getByTestId('message-input').waitFor()
    await bob.getByRole('heading', { name: 'Budget talk' }).waitFor()
  })

  it('WEBROOM-2 is entered by its code, however it is typed', async () => {
    const ann = await openAs(stage(), 'room2-ann')
    const code = await createRoom(ann.page, 'Tea', '4321')
    const bob = await openAs(stage(), 'room2-bob')
    await openRoomMenu(bob.page, 'Join a room by code')
    await bob.page.getByTestId('room-code-input').fill(` ${code.toLowerCase()} `)
    await bob.page.getByTestId('room-code-input').press('Enter')
    await givePin(bob.page, '4321')
    await bob.page.getByTestId('message-input').waitFor()
    expect(new URL(bob.page.url()).pathname).toBe(`/room/${code}`)
    await bob.page.getByRole('link', { name: 'Tea' }).waitFor()
  })
})

describe('in a room', () => {
  it('WEBROOM-3 everybody hears everybody, once, as text and nothing else', async () => {
    const { ann, bob } = await twoInside('room3')
    await say(ann, 'Hello from Ann')
    await heard(bob, 'Hello from Ann')
    await say(bob, '<b>Hello</b> from Bob')
    await heard(ann, '<b>Hello</b> from Bob')
    for (const page of [ann, bob]) {
      expect(
        await logOf(page)
          .getByText(/^Hello from Ann$/)
          .count(),
      ).toBe(1)
      expect(
        await logOf(page)
          .getByText(/from Bob$/)
          .count(),
      ).toBe(1)
    }
    await expect.poll(() => statusesOf(ann), patience).toEqual(['Sent'])
    expect(await ann.getByTestId('message-input').inputValue()).toBe('')
  })

  it('WEBROOM-4 typing is told, and ends without keys and with the message', async () => {
    const { ann, bob } = await twoInside('room4')
    const typing = bob.getByTestId('typing-indicator')
    await ann.getByTestId('message-input').pressSequentially('a long thought', { delay: 60 })
    await expect.poll(() => typing.textContent(), patience).toBe('room4-ann is typing...')
    await typing.waitFor({ state: 'detached' })
    await ann.getByTestId('message-input').pressSequentially(' goes on', { delay: 80 })
    await typing.waitFor()
    await ann.getByTestId('message-input').press('Enter')
    await heard(bob, 'a long thought goes on')
    await typing.waitFor({ state: 'detached' })
    expect(await ann.getByTestId('typing-indicator').count()).toBe(0)
  })

  it('WEBROOM-5 everybody who is there is listed, and gone when they leave', async () => {
    const { ann, bob } = await twoInside('room5')
    await button(ann, '2 people here').click()
    const names = () => ann.getByTestId('room-members').getByRole('listitem').allInnerTexts()
    await expect.poll(async () => (await names()).join(' '), patience).toMatch(/room5-ann.*you.*room5-bob/s)
    await button(bob, 'Leave the room').click()
    await button(bob, 'Leave').click()
    await bob.getByTestId('room').waitFor({ state: 'detached' })
    await expect.poll(async () => (await names()).length, patience).toBe(1)
  })

  it('WEBROOM-6 a reload keeps the place and nothing that was said; nothing is stored', async () => {
    const { ann, bob } = await twoInside('room6')
    await say(ann, 'a secret of Ann')
    await heard(bob, 'a secret of Ann')
    await ann.getByTestId('message-input').fill('an unsaid secret')
    await ann.reload()
    await ann.getByTestId('message-input').waitFor()
    expect(await ann.getByText('a secret of Ann').count()).toBe(0)
    await button(ann, '2 people here').waitFor()
    await say(bob, 'still here')
    await heard(ann, 'still here')
    await say(ann, 'me too')
    await heard(bob, 'me too')
    for (const page of [ann, bob]) {
      const stored = await storedBy(page)
      for (const secret of ['a secret of Ann', 'an unsaid secret', 'still here', '1234']) {
        expect(stored).not.toContain(secret)
      }
    }
  })

  it('WEBROOM-7 text that comes too fast is kept in place, with the reason and a way to say it', async () => {
    const { ann, bob } = await twoInside('room7')
    for (let index = 1; index <= 31; index += 1) await say(ann, `word ${index}`)
    await ann.getByText('Not said: Too many messages. Slow down.').waitFor()
    await heard(bob, 'word 30')
    expect(await logOf(bob).getByText('word 31', { exact: true }).count()).toBe(0)
    await logOf(ann).getByText('word 31', { exact: true }).waitFor()
    await expect.poll(async () => (await statusesOf(ann)).at(-1), patience).toBe('Failed')
    // It is tried again, is refused again, and is still there.
    await button(ann, 'Retry').click()
    await ann.getByText('Not said: Too many messages. Slow down.').waitFor()
    await logOf(ann).getByText('word 31', { exact: true }).waitFor()
  })

  it('WEBROOM-8 text stays while a look elsewhere lasts, and so does what was said', async () => {
    const { ann, bob, code } = await twoInside('room8')
    await say(bob, 'before')
    await heard(ann, 'before')
    await ann.getByTestId('message-input').fill('half a thou')
    await ann.goBack()
    await ann.getByTestId('room').waitFor({ state: 'detached' })
    await say(bob, 'meanwhile')
    const link = ann.getByRole('link', { name: 'Budget talk' })
    await expect.poll(() => link.textContent(), patience).toContain('1')
    await link.click()
    expect(new URL(ann.url()).pathname).toBe(`/room/${code}`)
    await heard(ann, 'before')
    await heard(ann, 'meanwhile')
    expect(await ann.getByTestId('message-input').inputValue()).toBe('half a thou')
  })
})

describe('leaving', () => {
  it('WEBROOM-9 the last one out closes the room for good', async () => {
    const { ann, bob, code } = await twoInside('room9')
    await say(bob, 'the last words')
    for (const page of [bob, ann]) {
      await button(page, 'Leave the room').click()
      await button(page, 'Leave').click()
      await page.getByTestId('room').waitFor({ state: 'detached' })
    }
    expect(await ann.getByRole('link', { name: 'Budget talk' }).count()).toBe(0)
    await ann.goto(`${stage().parley.url}/room/${code}`)
    await ann.getByText('This room has ended').waitFor()
    expect(await ann.getByText('the last words').count()).toBe(0)
  })

  it('WEBROOM-10 a room without a PIN says so', async () => {
    const ann = await openAs(stage(), 'room10-ann', '/room/lobby')
    await ann.page.getByText('There is no PIN: whoever knows the code can come in.').waitFor()
    await expect.poll(() => ann.page.getByTestId('room-code').textContent(), patience).toBe('LOBBY')
  })
})
