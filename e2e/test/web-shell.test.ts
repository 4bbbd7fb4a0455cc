import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { PATIENCE } from './harness/browser.ts'
import { sharedStage } from './harness/stage.ts'
import { makeChannel, openAs } from './harness/web-app.ts'
import { button, nav } from './harness/web-shell.ts'

/** The frame of the web app: going anywhere by the keyboard, and what it counts. */

const stage = sharedStage()
const patience = { timeout: PATIENCE }

const focused = (page: Page) =>
  page.evaluate<string>(
    'document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent ?? ""',
  )

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
