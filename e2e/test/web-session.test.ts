import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { PATIENCE } from './harness/browser.ts'
import { sharedStage } from './harness/stage.ts'
import { makeChannel, openAs } from './harness/web-app.ts'
import {
  askToSignOut,
  button,
  confirmSignOut,
  nav,
  openStranger,
  PASSWORD,
  signIn,
} from './harness/web-shell.ts'

/** Coming in and out of the web app, and what stays on the device. */

const stage = sharedStage()
const patience = { timeout: PATIENCE }

const signUp = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('radio', { name: 'Sign up' }).click()
  await page.getByLabel('Username').fill(name)
  await page.getByLabel('Email').fill(`${name}@example.org`)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await button(page, 'Create account').click()
  await nav(page).waitFor()
}

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

describe('coming in and out', () => {
  it('signs up, out and in again, and stays in over a reload', async () => {
    const page = await openStranger(stage())
    await signUp(page, 'shell-ada')
    await page.getByText('Welcome, shell-ada').waitFor()
    await askToSignOut(page)
    await confirmSignOut(page)
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
    const page = await openStranger(stage())
    await signUp(page, 'shell-bob')
    await askToSignOut(page)
    await confirmSignOut(page)
    await button(page, 'Sign in').click()
    await page.getByText('Enter your password.').waitFor()
    await signIn(page, 'shell-bob', 'not the password')
    await page.getByRole('alert').getByText('Invalid credentials').waitFor()
    expect(await page.getByLabel('Username or email').inputValue()).toBe('shell-bob')
  })

  it('lets a guest in by a name, where a shared link leads', async () => {
    const page = await openStranger(stage(), '/room/QUIET123')
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
    await askToSignOut(page)
    await confirmSignOut(page)
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
    await askToSignOut(page)
    await page.getByText('1 message has not been sent yet.').waitFor()
    await confirmSignOut(page)
    await restore()
    // The server hears of it now: nobody is signed in by a cookie that was left behind.
    await page.reload()
    await signIn(page, 'unsent-ann')
    await expect.poll(() => input.inputValue(), patience).toBe('not yet sent')
  }, 60_000)
})
