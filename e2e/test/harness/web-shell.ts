import type { BrowserContextOptions, Page } from 'playwright-core'
import type { Stage } from './stage.ts'

/** What `openAs` gives its accounts. */
export const PASSWORD = 'a long password'

export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })
/** The list of conversations. */
export const nav = (page: Page) => page.getByRole('navigation', { name: 'Conversations' })

/** Somebody who is not signed in. */
export const openStranger = async (
  { parley, browser }: Stage,
  path = '/',
  options: BrowserContextOptions = {},
): Promise<Page> => {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  await page.goto(`${parley.url}${path}`)
  return page
}

export const signIn = async (page: Page, name: string, password = PASSWORD): Promise<void> => {
  await page.getByLabel('Username or email').fill(name)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await button(page, 'Sign in').click()
}

/** Asks first; the answer is given by `confirmSignOut`. */
export const askToSignOut = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: /^Your account/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
}

export const confirmSignOut = async (page: Page): Promise<void> => {
  await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Username or email').waitFor()
}

export const openSettings = async (page: Page): Promise<void> => {
  await nav(page).waitFor()
  await page.keyboard.press('Control+,')
  await page.getByRole('dialog', { name: 'Settings' }).waitFor()
}
