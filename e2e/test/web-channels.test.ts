import type { Locator, Page } from 'playwright-core'
import { describe, expect, it, vi } from 'vitest'
import { accessibilityTrouble } from './harness/axe.ts'
import { PATIENCE } from './harness/browser.ts'
import { sharedStage } from './harness/stage.ts'
import { makeChannel, openAs } from './harness/web-app.ts'

/** Channels as a person sees them, on a real server: made, found, joined, with roles, searched and left. */

const stage = sharedStage()
// Two pages and a server share the machine with everything else.
vi.setConfig({ testTimeout: 180_000 })
const patience = { timeout: PATIENCE }

const button = (page: Page | Locator, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true })
const dialog = (page: Page, name: string) => page.getByRole('dialog', { name })
const link = (page: Page, name: string) => page.getByRole('navigation').getByRole('link', { name })
const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 })

const openChannelMenu = async (page: Page, item: string): Promise<void> => {
  await button(page, 'Create or browse channels').click()
  await page.getByRole('menuitem', { name: item }).click()
}

/** Picks somebody in the list of people of a dialog. */
const pick = async (page: Page, name: string): Promise<void> => {
  await page.getByLabel('Find people').fill(name)
  await page.getByRole('option', { name }).click()
  await button(page, `Leave out ${name}`).waitFor()
}

const say = async (page: Page, text: string): Promise<void> => {
  await page.getByTestId('message-input').fill(text)
  await page.getByTestId('send-button').click()
}
const hears = (page: Page, text: string) =>
  page.getByTestId('message-list').getByText(text, { exact: true }).waitFor()

const members = (page: Page) => page.getByRole('complementary', { name: 'Members' })
const choose = async (page: Page, name: string, item: string): Promise<void> => {
  await button(members(page), `What can be done with ${name}`).click()
  await page.getByRole('menuitem', { name: item, exact: true }).click()
}
const confirm = (page: Page, name: string) =>
  page.getByRole('alertdialog').getByRole('button', { name }).click()

describe('a channel', () => {
  it('WEB-CHANNEL-1 is made, private, with somebody in it, and both talk there', async () => {
    const ann = await openAs(stage(), 'chan1-ann')
    const bob = await openAs(stage(), 'chan1-bob')
    await openChannelMenu(ann.page, 'Create a channel')
    const creating = dialog(ann.page, 'Create a channel')
    await creating.getByLabel('Name').fill('Plans of one')
    await creating.getByRole('switch', { name: 'Private' }).click()
    await pick(ann.page, 'chan1-bob')
    expect(await accessibilityTrouble(ann.page)).toEqual([])
    await button(ann.page, 'Create').click()
    await heading(ann.page, 'Plans of one').waitFor()
    expect(new URL(ann.page.url()).pathname).toMatch(/^\/chat\/channel\/[0-9a-f-]{36}$/)
    await say(ann.page, 'Only for us')
    // It is in Bob's list at once, and he reads it there.
    await link(bob.page, 'Plans of one').click()
    await hears(bob.page, 'Only for us')
    await say(bob.page, 'Thank you')
    await hears(ann.page, 'Thank you')
  })

  it('WEB-CHANNEL-2 is found by name with the keyboard alone, and joined', async () => {
    const ann = await openAs(stage(), 'chan2-ann')
    await makeChannel(stage(), ann, 'Hidden two', [], true)
    const id = await makeChannel(stage(), ann, 'Garden two')
    const bob = await openAs(stage(), 'chan2-bob')
    await openChannelMenu(bob.page, 'Browse channels')
    await dialog(bob.page, 'Browse channels').waitFor()
    await bob.page.keyboard.type('hidden')
    await bob.page.getByText('No public channel is called “hidden”', { exact: false }).first().waitFor()
    await bob.page.getByLabel('Find public channels').fill('gard')
    const row = bob.page.getByRole('option', { name: /Garden two/ })
    await row.waitFor()
    expect(await row.textContent()).toMatch(/1 member/)
    expect(await accessibilityTrouble(bob.page)).toEqual([])
    await bob.page.keyboard.press('Enter')
    await heading(bob.page, 'Garden two').waitFor()
    expect(new URL(bob.page.url()).pathname).toBe(`/chat/channel/${id}`)
    await say(bob.page, 'Here I am')
    await ann.page.goto(`${stage().parley.url}/chat/channel/${encodeURIComponent('garden two')}`)
    // A name leads there as well.
    await hears(ann.page, 'Here I am')
    await ann.page.getByText('2 members').first().waitFor()
  })

  it('WEB-CHANNEL-3 takes in, raises, puts out and renames, as roles allow', async () => {
    const ann = await openAs(stage(), 'chan3-ann')
    const bob = await openAs(stage(), 'chan3-bob')
    const cat = await openAs(stage(), 'chan3-cat')
    const id = await makeChannel(stage(), ann, 'Club three', [bob], true)
    await ann.page.goto(`${stage().parley.url}/chat/channel/${id}`)
    await button(ann.page, 'Members').click()
    await members(ann.page).getByText('chan3-bob').waitFor()

    // Bob, a member of a private channel, brings nobody in and puts nobody out.
    await bob.page.goto(`${stage().parley.url}/chat/channel/${id}?panel=members`)
    await members(bob.page).getByText('chan3-ann').waitFor()
    expect(await button(bob.page, 'Invite people').count()).toBe(0)
    await button(bob.page, 'What can be done with chan3-ann').click()
    expect(await bob.page.getByRole('menuitem').allInnerTexts()).toEqual(['Send a message'])
    await bob.page.keyboard.press('Escape')

    await button(ann.page, 'Invite people').click()
    await pick(ann.page, 'chan3-cat')
    await button(ann.page, 'Invite').click()
    await members(ann.page).getByText('chan3-cat').waitFor()
    await link(cat.page, 'Club three').waitFor()
    await members(bob.page).getByText('chan3-cat').waitFor()

    await choose(ann.page, 'chan3-bob', 'Make moderator')
    await members(ann.page)
      .getByRole('listitem')
      .filter({ hasText: 'chan3-bob' })
      .getByText('Moderator')
      .waitFor()
    expect(await accessibilityTrouble(ann.page)).toEqual([])
    // Now he may.
    await button(bob.page, 'Invite people').waitFor()
    await choose(bob.page, 'chan3-cat', 'Remove from channel')
    await confirm(bob.page, 'Remove from channel')
    await members(bob.page).getByText('chan3-cat').waitFor({ state: 'detached' })
    await link(cat.page, 'Club three').waitFor({ state: 'detached' })

    await button(bob.page, 'Details').click()
    await button(bob.page, 'Channel settings').click()
    const settings = dialog(bob.page, 'Channel settings')
    expect(await settings.getByRole('switch', { name: 'Private' }).isDisabled()).toBe(true)
    await settings.getByLabel('Name').fill('Society three')
    await settings.getByRole('button', { name: 'Save' }).click()
    await heading(ann.page, 'Society three').waitFor()
  })

  it('WEB-CHANNEL-4 is given away, left, archived and taken back into use', async () => {
    const ann = await openAs(stage(), 'chan4-ann')
    const bob = await openAs(stage(), 'chan4-bob')
    const id = await makeChannel(stage(), ann, 'Boat four', [bob])
    await bob.page.goto(`${stage().parley.url}/chat/channel/${id}?panel=details`)
    await button(bob.page, 'Channel settings').waitFor()
    await ann.page.goto(`${stage().parley.url}/chat/channel/${id}?panel=members`)
    await choose(ann.page, 'chan4-bob', 'Make owner')
    await confirm(ann.page, 'Make owner')
    await members(ann.page)
      .getByRole('listitem')
      .filter({ hasText: 'chan4-bob' })
      .getByText('Owner')
      .waitFor()

    await button(ann.page, 'Details').click()
    await button(ann.page, 'Channel settings').click()
    // The event that it is one's own no longer is quicker than the answer.
    await ann.page.route('**/leave', async (route) => {
      const response = await route.fetch()
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      await route.fulfill({ response })
    })
    await button(ann.page, 'Leave channel').click()
    await confirm(ann.page, 'Leave channel')
    await vi.waitFor(() => expect(new URL(ann.page.url()).pathname).toBe('/'), patience)
    await link(ann.page, 'Boat four').waitFor({ state: 'detached' })

    await button(bob.page, 'Channel settings').click()
    await dialog(bob.page, 'Channel settings').getByRole('button', { name: 'Archive' }).click()
    await confirm(bob.page, 'Archive')
    await bob.page.getByText('This channel is archived.', { exact: false }).first().waitFor()
    await button(bob.page, 'Take back into use').click()
    await dialog(bob.page, 'Channel settings').getByRole('button', { name: 'Archive' }).waitFor()
    await bob.page.keyboard.press('Escape')
    await say(bob.page, 'Alone on board')
    await hears(bob.page, 'Alone on board')
  })
})

describe('finding', () => {
  it('WEB-CHANNEL-5 a person by name opens the direct conversation', async () => {
    const ann = await openAs(stage(), 'chan5-ann')
    const bob = await openAs(stage(), 'chan5-bob')
    await button(ann.page, 'New direct message').first().click()
    await ann.page.getByLabel('Find people').fill('chan5-b')
    await ann.page.getByRole('option', { name: 'chan5-bob' }).waitFor()
    await ann.page.keyboard.press('Enter')
    await heading(ann.page, 'chan5-bob').waitFor()
    await say(ann.page, 'Good to find you')
    await link(bob.page, 'chan5-ann').click()
    await hears(bob.page, 'Good to find you')
  })

  it('WEB-CHANNEL-6 words in messages marks them and leads to their place', async () => {
    const ann = await openAs(stage(), 'chan6-ann')
    const id = await makeChannel(stage(), ann, 'Kitchen six')
    await makeChannel(stage(), ann, 'Cellar six')
    await ann.page.goto(`${stage().parley.url}/chat/channel/${id}`)
    await say(ann.page, 'The **rhubarb** soup is ready')
    await hears(ann.page, 'rhubarb')
    await link(ann.page, 'Cellar six').click()
    await heading(ann.page, 'Cellar six').waitFor()
    await button(ann.page, 'Search messages').click()
    await ann.page.getByRole('searchbox', { name: 'Search messages' }).fill('soup rhub')
    const hit = ann.page.getByRole('complementary', { name: 'Search' }).getByRole('link')
    await hit.waitFor()
    expect(await hit.locator('mark').allInnerTexts()).toEqual(['rhubarb', 'soup'])
    expect(await hit.textContent()).toContain('Kitchen six')
    expect(await accessibilityTrouble(ann.page)).toEqual([])
    await hit.click()
    await heading(ann.page, 'Kitchen six').waitFor()
    await hears(ann.page, 'rhubarb')
    // The results stay beside it.
    await hit.waitFor()
  })
})
