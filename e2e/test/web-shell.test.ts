import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { accessibilityTrouble } from './harness/axe.ts'
import { PATIENCE } from './harness/browser.ts'
import { sharedStage } from './harness/stage.ts'
import { ask, makeChannel, openAs } from './harness/web-app.ts'

/** The frame of the web app: coming in and out, going anywhere, looks, languages, sizes. */

const stage = sharedStage()
const patience = { timeout: PATIENCE }
const PASSWORD = 'a long password'

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })
const nav = (page: Page) => page.getByRole('navigation', { name: 'Conversations' })

const openStranger = async (path = '/', options: BrowserContextOptions = {}): Promise<Page> => {
  const context = await stage().browser.newContext(options)
  const page = await context.newPage()
  await page.goto(`${stage().parley.url}${path}`)
  return page
}

const signUp = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('radio', { name: 'Sign up' }).click()
  await page.getByLabel('Username').fill(name)
  await page.getByLabel('Email').fill(`${name}@example.org`)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await button(page, 'Create account').click()
  await nav(page).waitFor()
}

const signIn = async (page: Page, name: string, password = PASSWORD): Promise<void> => {
  await page.getByLabel('Username or email').fill(name)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await button(page, 'Sign in').click()
}

const signOut = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: /^Your account/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Username or email').waitFor()
}

const focused = (page: Page) =>
  page.evaluate<string>(
    'document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? ""',
  )

/** From the next load on the app finds no server. The answer ends it, from the load after that on. */
const cutOff = async (page: Page): Promise<() => Promise<void>> => {
  let isCut = true
  await page.route('**/api/**', (route) => route.abort())
  await page.route('**/socket.io/**', (route) => route.abort())
  await page.routeWebSocket('**/socket.io/**', (socket) => {
    if (isCut) void socket.close()
    else socket.connectToServer()
  })
  return async () => {
    isCut = false
    await page.unrouteAll()
  }
}

/** Nothing may stick out to the side. */
const overhang = (page: Page) =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')

describe('coming in and out', () => {
  it('signs up, out and in again, and stays in over a reload', async () => {
    const page = await openStranger()
    await signUp(page, 'shell-ada')
    await page.getByText('Welcome, shell-ada').waitFor()
    await signOut(page)
    await signIn(page, 'shell-ada@example.org')
    await nav(page).waitFor()
    await page.reload()
    await nav(page).waitFor()
    expect(await page.getByLabel('Username or email').count()).toBe(0)
  })

  it('keeps no token where a page could be read', async () => {
    const { page, token } = await openAs(stage(), 'shell-secret')
    await nav(page).waitFor()
    const kept = await page.evaluate<string>('JSON.stringify({ ...localStorage, ...sessionStorage })')
    expect(kept).toContain('shell-secret')
    expect(kept).not.toContain(token.split('.')[2])
    expect(kept).not.toMatch(/eyJ/)
    expect(page.url()).not.toContain('token')
  })

  it('says in words what is wrong, and keeps what was typed', async () => {
    const page = await openStranger()
    await signUp(page, 'shell-bob')
    await signOut(page)
    await button(page, 'Sign in').click()
    await page.getByText('Enter your password.').waitFor()
    await signIn(page, 'shell-bob', 'not the password')
    await page.getByRole('alert').getByText('Invalid credentials').waitFor()
    expect(await page.getByLabel('Username or email').inputValue()).toBe('shell-bob')
  })

  it('lets a guest in by a name, where a shared link leads', async () => {
    const page = await openStranger('/room/QUIET123')
    await page.getByText('Someone shared a whisper room with you').waitFor()
    await page.getByLabel('Username').fill('shell-guest')
    await button(page, 'Continue as guest').click()
    await nav(page).getByText('QUIET123').waitFor()
    expect(new URL(page.url()).pathname).toBe('/room/QUIET123')
    expect(await page.getByRole('heading', { name: 'Direct' }).count()).toBe(0)
  })

  it('signs every tab of the browser out', async () => {
    const { page, context } = await openAs(stage(), 'shell-tabs')
    await nav(page).waitFor()
    const other = await context.newPage()
    await other.goto(stage().parley.url)
    await nav(other).waitFor()
    await signOut(page)
    await other.getByLabel('Username or email').waitFor()
  })

  it('opens without the server, with what is kept', async () => {
    const { page, context, ...person } = await openAs(stage(), 'shell-offline')
    await makeChannel(stage(), { page, context, ...person }, 'kept-channel')
    await nav(page).getByText('kept-channel').waitFor()
    // What is known is written down half a second later.
    await page.waitForTimeout(2_000)
    await cutOff(page)
    await page.reload()
    await nav(page).getByText('kept-channel').waitFor()
    await page.getByText(/^No connection since/).waitFor(patience)
  })
})

describe('signing out with something unsent', () => {
  it('makes a draft of it', async () => {
    const ann = await openAs(stage(), 'unsent-ann')
    const id = await makeChannel(stage(), ann, 'unsent-channel')
    const { page } = ann
    const input = page.getByTestId('message-input')
    await page.goto(`${stage().parley.url}/chat/channel/${id}`)
    await page.getByRole('heading', { level: 1, name: 'unsent-channel' }).waitFor()
    // What is known is written down half a second later.
    await page.waitForTimeout(2_000)
    const restore = await cutOff(page)
    await page.reload()
    await input.fill('not yet sent')
    await input.press('Enter')
    await page.getByTestId('message-status').waitFor()
    await page.getByRole('button', { name: /^Your account/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByText('1 message has not been sent yet.').waitFor()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Username or email').waitFor()
    await restore()
    // The server hears of it now: nobody is signed in by a cookie that was left behind.
    await page.reload()
    await signIn(page, 'unsent-ann')
    await expect.poll(() => input.inputValue(), patience).toBe('not yet sent')
  }, 60_000)
})

describe('going anywhere', () => {
  it('leads through the palette by the keyboard alone, and gives focus back', async () => {
    const ann = await openAs(stage(), 'palette-ann')
    await makeChannel(stage(), ann, 'palette-plans')
    await makeChannel(stage(), ann, 'palette-other')
    const { page } = ann
    await nav(page).getByText('palette-plans').waitFor()
    await button(page, 'New direct message').first().focus()
    await page.keyboard.press('Control+k')
    const field = page.getByRole('combobox')
    await field.waitFor()
    await page.keyboard.press('Escape')
    await field.waitFor({ state: 'detached' })
    await expect.poll(() => focused(page), patience).toBe('New direct message')
    await page.keyboard.press('Control+k')
    await field.waitFor()
    await page.keyboard.type('plan')
    await page.getByRole('option', { name: 'palette-plans', selected: true }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'palette-plans' }).waitFor()
    await page.keyboard.press('Alt+ArrowUp')
    await page.getByRole('heading', { level: 1, name: 'palette-other' }).waitFor()
  })

  it('gives focus back from one dialog after another, and from a menu', async () => {
    const { page } = await openAs(stage(), 'focus-ann')
    await nav(page).waitFor()
    await button(page, 'New direct message').first().focus()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('settings')
    await page.getByRole('option', { name: 'Settings', selected: true }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Settings' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(() => focused(page), patience).toBe('New direct message')
    await page.getByRole('button', { name: /^Your account/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).press('Enter')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(() => focused(page), patience).toBe('Your account: focus-ann')
  })

  it('finds people and channels that one has nothing to do with yet', async () => {
    const owner = await openAs(stage(), 'finder-owner')
    await makeChannel(stage(), owner, 'finder-public')
    const { page } = await openAs(stage(), 'finder-ann')
    await nav(page).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('finder')
    await page.getByRole('option', { name: 'finder-public' }).waitFor()
    await page.getByRole('option', { name: 'finder-owner' }).click()
    await page.getByRole('heading', { level: 1, name: 'finder-owner' }).waitFor()
    expect(new URL(page.url()).pathname).toBe(`/chat/dm/${owner.id}`)
  })

  it('shows all keys at a question mark, but not while somebody types one', async () => {
    const ann = await openAs(stage(), 'keys-ann')
    const id = await makeChannel(stage(), ann, 'keys-channel')
    const { page } = ann
    await page.goto(`${stage().parley.url}/chat/channel/${id}`)
    const input = page.getByTestId('message-input')
    await input.click()
    await page.keyboard.type('why?')
    expect(await page.getByRole('dialog').count()).toBe(0)
    await nav(page).getByRole('link', { name: 'keys-channel' }).focus()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await input.inputValue()).toBe('why?')
  })

  it('counts what is unread, mentions apart, in the list and in the title', async () => {
    const ann = await openAs(stage(), 'unread-ann')
    const bob = await openAs(stage(), 'unread-bob')
    const id = await makeChannel(stage(), bob, 'unread-channel', [ann])
    await nav(ann.page).getByText('unread-channel').waitFor()
    await bob.page.goto(`${stage().parley.url}/chat/channel/${id}`)
    const send = async (text: string) => {
      await bob.page.getByTestId('message-input').fill(text)
      // Enter would take a name that is offered.
      await bob.page.getByTestId('send-button').click()
    }
    await send('hello')
    await nav(ann.page).getByText('1 unread message').waitFor()
    await expect.poll(() => ann.page.title(), patience).toMatch(/^\(1\)/)
    await send('hello @unread-ann')
    await nav(ann.page).getByText('1 mention').waitFor()
    await nav(ann.page)
      .getByRole('link', { name: /unread-channel/ })
      .click()
    await nav(ann.page).getByText('1 mention').waitFor({ state: 'detached' })
    await expect.poll(() => ann.page.title(), patience).toBe('unread-channel · Parley')
  })
})

describe('looks and languages', () => {
  const openSettings = async (page: Page): Promise<void> => {
    await nav(page).waitFor()
    await page.keyboard.press('Control+,')
    await page.getByRole('dialog', { name: 'Settings' }).waitFor()
  }
  const background = (page: Page) => page.evaluate<string>('getComputedStyle(document.body).backgroundColor')

  it('follows the system, and keeps the theme that was chosen', async () => {
    const { page } = await openAs(stage(), 'theme-ann', '/', { colorScheme: 'light' })
    await openSettings(page)
    const light = await background(page)
    await page.getByRole('radio', { name: 'Dark' }).click()
    await expect.poll(() => background(page), patience).not.toBe(light)
    await page.reload()
    await nav(page).waitFor()
    expect(await background(page)).not.toBe(light)
    await openSettings(page)
    await page.getByRole('radio', { name: 'System' }).click()
    await expect.poll(() => background(page), patience).toBe(light)
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(() => background(page), patience).not.toBe(light)
  })

  it('speaks Arabic from right to left, from the first paint on', async () => {
    const { page } = await openAs(stage(), 'arabic-ann')
    await openSettings(page)
    await page.getByRole('combobox', { name: 'Language' }).click()
    await page.getByRole('option', { name: 'العربية' }).click()
    await page.getByRole('dialog', { name: 'الإعدادات' }).waitFor()
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl')
    await page.reload({ waitUntil: 'commit' })
    await page.locator('html[dir="rtl"][lang="ar"]').waitFor({ state: 'attached' })
    const list = page.getByRole('navigation', { name: 'المحادثات' })
    await list.waitFor()
    const at = await list.boundingBox()
    expect(at?.x).toBeGreaterThan(500)
    expect(await overhang(page)).toBe(0)
  })

  it('saves a new name', async () => {
    const { page } = await openAs(stage(), 'profile-ann')
    await openSettings(page)
    await page.getByLabel('Username').fill('profile-anna')
    await button(page, 'Save').click()
    await page.getByText('Your profile is saved.').waitFor()
    await page.getByText('Signed in as profile-anna').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: /^Your account: profile-anna/ }).waitFor()
  })

  it('makes no sound of its own accord', async () => {
    const { page } = await openAs(stage(), 'sound-ann')
    await openSettings(page)
    expect(await page.getByRole('switch', { name: 'Sound', exact: true }).getAttribute('aria-checked')).toBe(
      'false',
    )
    expect(await page.getByRole('switch', { name: 'Notifications' }).getAttribute('aria-checked')).toBe(
      'false',
    )
  })
})

describe('on a phone', () => {
  const phone = { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true }

  it('shows the list or the conversation, with the way back', async () => {
    const ann = await openAs(stage(), 'phone-ann', '/', phone)
    await makeChannel(stage(), ann, 'phone-channel')
    const { page } = ann
    await nav(page).getByText('phone-channel').click()
    await page.getByTestId('message-input').waitFor()
    expect(await nav(page).isVisible()).toBe(false)
    expect(await overhang(page)).toBe(0)
    await button(page, 'Back').click()
    await nav(page).waitFor()
    await nav(page).getByText('phone-channel').click()
    await page.getByTestId('message-input').waitFor()
    await page.goBack()
    await nav(page).waitFor()
  })

  it('cuts nothing off at 320 px', async () => {
    const { page } = await openAs(stage(), 'narrow-ann', '/', { viewport: { width: 320, height: 640 } })
    await nav(page).waitFor()
    expect(await overhang(page)).toBe(0)
    await page.keyboard.press('Control+,')
    await page.getByRole('dialog', { name: 'Settings' }).waitFor()
    expect(await overhang(page)).toBe(0)
    const box = await page.getByRole('button', { name: 'Sign out' }).boundingBox()
    expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(320)
  })
})

describe('axe', () => {
  it.each(['light', 'dark'] as const)('finds nothing on the way in, %s', async (colorScheme) => {
    const page = await openStranger('/', { colorScheme })
    await page.getByLabel('Username or email').waitFor()
    expect(await accessibilityTrouble(page)).toEqual([])
    await page.getByRole('radio', { name: 'Sign up' }).click()
    await button(page, 'Create account').click()
    expect(await accessibilityTrouble(page)).toEqual([])
  })

  it.each(['light', 'dark'] as const)('finds nothing in the frame, %s', async (colorScheme) => {
    const ann = await openAs(stage(), `axe-${colorScheme}`, '/', { colorScheme })
    const { page } = ann
    await page.getByText(/^Welcome/).waitFor()
    expect(await accessibilityTrouble(page)).toEqual([])
    await makeChannel(stage(), ann, 'axe-channel')
    await ask(ann, 'GET', `${stage().parley.url}/api/users?search=axe`)
    await nav(page).getByText('axe-channel').waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').waitFor()
    expect(await accessibilityTrouble(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('combobox').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+,')
    await page.getByRole('dialog', { name: 'Settings' }).waitFor()
    expect(await accessibilityTrouble(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    expect(await accessibilityTrouble(page)).toEqual([])
  })
})
