import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { accessibilityTrouble } from './harness/axe.ts'
import { PATIENCE } from './harness/browser.ts'
import { sharedStage } from './harness/stage.ts'
import { makeChannel, openAs } from './harness/web-app.ts'
import { button, nav, openSettings, openStranger } from './harness/web-shell.ts'

/** Themes, languages, sizes, and what axe says of the frame. */

const stage = sharedStage()
const patience = { timeout: PATIENCE }

/** Nothing may stick out to the side. */
const overhang = (page: Page) =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')

describe('looks and languages', () => {
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
    const page = await openStranger(stage(), '/', { colorScheme })
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
