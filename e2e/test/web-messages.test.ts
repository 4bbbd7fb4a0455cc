import type { Locator, Page } from 'playwright-core'
import { describe, expect, it, vi } from 'vitest'
import { sharedStage } from './harness/stage.ts'
import { ask, makeChannel, openAgain, openAs, type Person, signUp } from './harness/web-app.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

/** Messages as people write and see them: real pages, a real server, and the policy of the page in force. */

const stage = sharedStage()

let count = 0
/** Names and channels are unique on one server. */
const unique = (name: string): string => {
  count += 1
  return `${name}${count}`
}

const input = (page: Page): Locator => page.getByTestId('message-input')
const list = (page: Page): Locator => page.getByTestId('message-list')
const rows = (page: Page): Locator => list(page).locator('[data-message]')
const row = (page: Page, text: string): Locator => rows(page).filter({ hasText: text })

const write = async (page: Page, text: string): Promise<void> => {
  await input(page).fill(text)
  await page.getByTestId('send-button').click()
}

const keys = (page: Page): Promise<readonly (string | null)[]> =>
  rows(page).evaluateAll((all) => all.map((one) => one.getAttribute('data-message')))

const untilStatus = (page: Page, status: string): Promise<void> =>
  page.locator(`[data-testid="message-status"]:text-is("${status}")`).waitFor({ state: 'attached' })

/** What document 003's page shows: a channel called 123, and two who are in it. The other one looks elsewhere. */
const meet = async (
  name = unique('chan'),
): Promise<{ ann: Person; bob: Person; id: string; name: string }> => {
  const ann = await signUp(stage(), unique('ann'))
  const bob = await openAs(stage(), unique('bob'), '/settings-of-nobody')
  const id = await makeChannel(stage(), ann, name, [bob])
  await ann.page.goto(`${stage().parley.url}/chat/channel/${id}`)
  await input(ann.page).waitFor()
  return { ann, bob, id, name }
}

const goTo = async ({ page }: Person, path: string): Promise<void> => {
  await page.goto(`${stage().parley.url}${path}`)
  await input(page).waitFor()
}

describe("document 003's listing", () => {
  it('WEBMSG-1 sends a message, which is sent, then delivered, then read', async () => {
    const ann = await openAs(stage(), unique('ann'), '/')
    const bob = await openAs(stage(), unique('bob'), '/')
    await bob.page.close()
    await makeChannel(stage(), ann, '123', [bob])
    // The channel is found by its name.
    await goTo(ann, '/chat/channel/123')
    await ann.page.locator('[data-testid="message-input"]').pressSequentially('Hello World')
    await ann.page.locator('[data-testid="send-button"]').click()
    await ann.page.locator('[data-testid="message-list"]:has-text("Hello World")').waitFor()
    await untilStatus(ann.page, 'Sent')
    expect(await ann.page.locator('[data-testid="message-status"]').allTextContents()).toEqual(['Sent'])

    const again = await openAgain(stage(), bob, '/')
    await untilStatus(ann.page, 'Delivered')
    await goTo(again, '/chat/channel/123')
    await row(again.page, 'Hello World').waitFor()
    await untilStatus(ann.page, 'Read')
    // One status, whatever else one wrote.
    await write(ann.page, 'And more')
    await untilStatus(ann.page, 'Read')
    expect(await ann.page.locator('[data-testid="message-status"]').count()).toBe(1)
  })

  it('WEBMSG-2 tells who types, and tells it no more when they stop', async () => {
    const { ann, id } = await meet()
    const user = await openAs(stage(), 'User', '/')
    await ask(ann, 'POST', `${stage().parley.url}/api/channels/${id}/members`, { userIds: [user.id] })
    await goTo(user, `/chat/channel/${id}`)
    await input(user.page).pressSequentially('Hello', { delay: 120 })
    const indicator = ann.page.locator('[data-testid="typing-indicator"]')
    await indicator.waitFor()
    expect(await indicator.textContent()).toBe('User is typing...')
    await indicator.waitFor({ state: 'detached' })
    expect(await input(user.page).inputValue()).toBe('Hello')
  })
})

describe('what is done with a message', () => {
  it('WEBMSG-3 is changed by its author, from the keyboard, and says so to everybody', async () => {
    const { ann, bob, id } = await meet()
    await goTo(bob, `/chat/channel/${id}`)
    await write(ann.page, 'Frist words')
    await untilStatus(ann.page, 'Read')
    await input(ann.page).fill('')
    await input(ann.page).press('ArrowUp')
    expect(await input(ann.page).inputValue()).toBe('Frist words')
    await input(ann.page).press('Escape')
    expect(await input(ann.page).inputValue()).toBe('')
    await input(ann.page).press('ArrowUp')
    await input(ann.page).fill('First words')
    await input(ann.page).press('Enter')
    await row(bob.page, 'First words').getByText('edited', { exact: true }).waitFor()
    expect(await row(bob.page, 'Frist').count()).toBe(0)
    // Her own answer may come after his news of it.
    await expect.poll(() => input(ann.page).inputValue(), { timeout: 20_000 }).toBe('')
  })

  it('WEBMSG-4 is deleted after a question, and leaves a quiet line', async () => {
    const { ann, bob, id } = await meet()
    await goTo(bob, `/chat/channel/${id}`)
    await write(ann.page, 'To be forgotten')
    await row(bob.page, 'To be forgotten').waitFor()
    await untilStatus(ann.page, 'Read')
    const mine = row(ann.page, 'To be forgotten')
    await mine.hover()
    await mine.getByRole('button', { name: 'More' }).click()
    await ann.page.getByRole('menuitem', { name: 'Delete' }).click()
    const dialog = ann.page.getByRole('alertdialog')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'detached' })
    await mine.hover()
    await mine.getByRole('button', { name: 'More' }).click()
    await ann.page.getByRole('menuitem', { name: 'Delete' }).click()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    for (const { page } of [ann, bob]) await row(page, 'This message was deleted.').waitFor()
    expect(await row(bob.page, 'To be forgotten').count()).toBe(0)
  })

  it('WEBMSG-5 gets reactions, which are counted, joined and taken back', async () => {
    const { ann, bob, id } = await meet()
    await goTo(bob, `/chat/channel/${id}`)
    await write(ann.page, 'What do you think')
    const his = row(bob.page, 'What do you think')
    await his.waitFor()
    await his.hover()
    await his.getByRole('button', { name: 'Add a reaction' }).click()
    await bob.page.getByPlaceholder('Search emoji').fill('tada')
    await bob.page.getByRole('button', { name: 'party popper' }).click()
    const chip = row(ann.page, 'What do you think').getByRole('button', { name: /1 reaction/ })
    await chip.waitFor()
    expect(await chip.getAttribute('aria-pressed')).toBe('false')
    await chip.click()
    await his.getByRole('button', { name: /2 reactions/ }).waitFor()
    await his.getByRole('button', { name: /2 reactions/ }).click()
    const own = row(ann.page, 'What do you think').getByRole('button', { name: /1 reaction/ })
    await own.waitFor()
    expect(await own.getAttribute('aria-pressed')).toBe('true')
  })

  it('WEBMSG-6 is answered in a thread, which stays out of the list and is told under it', async () => {
    const { ann, bob, id } = await meet()
    await goTo(bob, `/chat/channel/${id}`)
    await write(ann.page, 'The question')
    const his = row(bob.page, 'The question')
    await his.waitFor()
    await his.hover()
    await his.getByRole('button', { name: 'Reply in a thread' }).click()
    await bob.page.getByTestId('thread-input').fill('The answer')
    await bob.page.getByTestId('thread-input').press('Enter')
    await bob.page.getByTestId('thread-list').getByText('The answer').waitFor()
    const line = row(ann.page, 'The question').getByRole('button', { name: /1 reply/ })
    await line.waitFor()
    expect(await list(ann.page).getByText('The answer').count()).toBe(0)
    await line.click()
    await ann.page.getByTestId('thread-list').getByText('The answer').waitFor()
    await ann.page.getByTestId('thread-input').fill('Thank you')
    await ann.page.getByTestId('thread-input').press('Enter')
    await bob.page.getByTestId('thread-list').getByText('Thank you').waitFor()
    await row(bob.page, 'The question')
      .getByRole('button', { name: /2 replies/ })
      .waitFor()
    // Back to where one was, with what one had typed there.
    await ann.page.keyboard.press('Escape')
    await ann.page.getByTestId('thread-list').waitFor({ state: 'detached' })
  })

  it('WEBMSG-7 has a link, which leads to it from anywhere', async () => {
    const { ann, bob, id } = await meet()
    for (let index = 0; index < 9; index += 1) await write(ann.page, `Line ${index}`)
    await untilStatus(ann.page, 'Delivered')
    const { messages } = await ask<{ messages: { id: string; source: string }[] }>(
      ann,
      'GET',
      `${stage().parley.url}/api/channels/${id}/messages`,
    )
    const wanted = messages.find(({ source }) => source === 'Line 2')?.id
    await goTo(bob, `/chat/channel/${id}?m=${wanted}`)
    const marked = rows(bob.page).and(bob.page.locator('.bg-mark'))
    await marked.waitFor()
    expect(await marked.textContent()).toContain('Line 2')
    expect(bob.page.url()).not.toContain(String(wanted))
    await goTo(bob, `/chat/channel/${id}?message=01a00000-0000-7000-8000-000000000000`)
    await bob.page.getByText('That message is not here any more.').first().waitFor()
  })
})

describe('where one writes', () => {
  it('WEBMSG-8 completes people, channels and emoji, and names are marked for whom they name', async () => {
    const { ann, bob, id, name } = await meet()
    await goTo(bob, `/chat/channel/${id}`)
    await input(ann.page).pressSequentially(`@${bob.name.slice(0, 5)}`)
    await ann.page.getByRole('option', { name: bob.name }).waitFor()
    expect(await input(ann.page).getAttribute('aria-activedescendant')).toBe(
      await ann.page.getByRole('option', { name: bob.name }).getAttribute('id'),
    )
    await input(ann.page).press('Enter')
    expect(await input(ann.page).inputValue()).toBe(`@${bob.name} `)
    await input(ann.page).pressSequentially(`#${name.slice(0, 4)}`)
    await ann.page.getByRole('option', { name }).waitFor()
    await input(ann.page).press('Tab')
    await input(ann.page).pressSequentially(':tada')
    await ann.page.getByRole('option', { name: ':tada:' }).waitFor()
    await input(ann.page).press('Enter')
    await input(ann.page).press('Enter')
    await bob.page.locator('.mention-me').waitFor()
    expect(await bob.page.locator('.mention-me').textContent()).toBe(`@${bob.name}`)
    const link = row(bob.page, bob.name)
      .last()
      .getByRole('link', { name: `#${name}` })
    expect(await link.getAttribute('href')).toBe(`/chat/channel/${id}`)
    expect(await rows(bob.page).last().textContent()).toContain('🎉')
  })

  it('WEBMSG-9 keeps what was typed over a reload, another conversation, and signing in again', async () => {
    const { ann, bob, id } = await meet()
    await input(ann.page).fill('Half a thought')
    await ann.page.reload()
    await input(ann.page).waitFor()
    expect(await input(ann.page).inputValue()).toBe('Half a thought')
    await goTo(ann, `/chat/dm/${bob.id}`)
    expect(await input(ann.page).inputValue()).toBe('')
    await input(ann.page).fill('Another one')
    await goTo(ann, `/chat/channel/${id}`)
    expect(await input(ann.page).inputValue()).toBe('Half a thought')
    await write(ann.page, 'Half a thought, and the rest')
    await untilStatus(ann.page, 'Delivered')
    await ann.page.reload()
    await input(ann.page).waitFor()
    await row(ann.page, 'and the rest').waitFor()
    expect(await input(ann.page).inputValue()).toBe('')
    await goTo(ann, `/chat/dm/${bob.id}`)
    expect(await input(ann.page).inputValue()).toBe('Another one')
  })

  it('WEBMSG-10 says how much may still be typed, and loses nothing of what is too long', async () => {
    const { ann } = await meet()
    await input(ann.page).fill('x'.repeat(1_799))
    expect(await ann.page.getByText('characters left').count()).toBe(0)
    await input(ann.page).fill('x'.repeat(1_990))
    await ann.page.getByText('10 characters left').waitFor()
    await input(ann.page).fill('x'.repeat(2_005))
    await ann.page.getByText('5 characters too many').waitFor()
    expect(await ann.page.getByTestId('send-button').isDisabled()).toBe(true)
    await input(ann.page).press('Enter')
    expect((await input(ann.page).inputValue()).length).toBe(2_005)
  })

  it('WEBMSG-11 breaks a line with Shift and Enter, and shows by one key how it will look', async () => {
    const { ann } = await meet()
    await input(ann.page).pressSequentially('**one**')
    await input(ann.page).press('Shift+Enter')
    await input(ann.page).pressSequentially('two')
    expect(await input(ann.page).inputValue()).toBe('**one**\ntwo')
    await input(ann.page).press('Alt+KeyP')
    const preview = ann.page.getByRole('region', { name: 'Preview' })
    expect(await preview.locator('strong').textContent()).toBe('one')
    await input(ann.page).press('Enter')
    await preview.waitFor({ state: 'detached' })
    expect(await rows(ann.page).last().locator('strong').textContent()).toBe('one')
  })
})

describe('without a connection', () => {
  it('WEBMSG-12 what is sent waits in its place, and is delivered once', async () => {
    const { ann, bob, id } = await meet()
    await goTo(bob, `/chat/channel/${id}`)
    await write(ann.page, 'Before')
    await row(bob.page, 'Before').waitFor()
    await ann.context.setOffline(true)
    await write(ann.page, 'Offline one')
    await write(ann.page, 'Offline two')
    await untilStatus(ann.page, 'Sending')
    const order = await keys(ann.page)
    await ann.context.setOffline(false)
    await row(bob.page, 'Offline two').waitFor()
    await untilStatus(ann.page, 'Read')
    for (const text of ['Offline one', 'Offline two']) expect(await row(bob.page, text).count()).toBe(1)
    // Nothing moved: they are the same rows.
    expect(await keys(ann.page)).toEqual(order)
  })

  it('WEBMSG-13 what the limit refuses stays, with the reason and a way to send it again', async () => {
    const { ann } = await meet()
    for (let index = 0; index < 14; index += 1) {
      await input(ann.page).fill(`Fast ${index}`)
      await input(ann.page).press('Enter')
    }
    // Whatever was refused on the way is there in the end: sent later, or with a button that does it.
    for (let index = 0; index < 14; index += 1) await row(ann.page, `Fast ${index}`).first().waitFor()
    const retry = ann.page.getByRole('button', { name: 'Retry' })
    while ((await retry.count()) > 0) await retry.first().click()
    await untilStatus(ann.page, 'Delivered')
    const texts = await rows(ann.page).allTextContents()
    expect(texts.filter((text) => text.includes('Fast'))).toHaveLength(14)
  })
})

describe('what is hostile', () => {
  const HOSTILE = [
    '<img src=x onerror="window.ran=1">',
    '<script>window.ran=1</script>',
    '[a link](javascript:window.ran=1)',
    '<a href="javascript:window.ran=1">here</a>',
    '<svg><a xlink:href="javascript:window.ran=1"><text>x</text></a></svg>',
    '<math><mtext><table><mglyph><style><img src=x onerror=window.ran=1>',
    '<iframe srcdoc="<script>parent.ran=1</script>"></iframe>',
    '![x](x" onerror="window.ran=1)',
  ]

  it('WEBMSG-14 runs nothing, loads nothing and is shown as text', async () => {
    const { ann, bob, id } = await meet()
    await goTo(bob, `/chat/channel/${id}`)
    for (const text of HOSTILE) await write(ann.page, text)
    await write(ann.page, 'The end of it')
    await row(bob.page, 'The end of it').waitFor()
    for (const { page } of [ann, bob]) {
      expect(await page.evaluate(() => 'ran' in window)).toBe(false)
      expect(await list(page).locator('script, img, iframe, svg a, style, [onerror]').count()).toBe(0)
      const links = await list(page)
        .locator('.message-html a[href]')
        .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).protocol))
      expect(links.filter((protocol) => !['http:', 'https:', 'mailto:'].includes(protocol))).toEqual([])
    }
    // In the preview, too.
    for (const text of HOSTILE) {
      await input(ann.page).fill(text)
      await input(ann.page).press('Alt+KeyP')
      await ann.page.getByRole('region', { name: 'Preview' }).waitFor()
      expect(await ann.page.locator('section script, section img, section iframe').count()).toBe(0)
      await input(ann.page).press('Escape')
    }
    expect(await ann.page.evaluate(() => 'ran' in window)).toBe(false)
  })

  it('WEBMSG-15 a link that says something else says where it leads', async () => {
    const { ann } = await meet()
    await write(ann.page, 'See [your bank](https://evil.example/login)')
    const link = rows(ann.page).last().getByRole('link')
    await untilStatus(ann.page, 'Delivered')
    expect(await link.textContent()).toBe('your bank (evil.example)')
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer')
    expect(await link.getAttribute('target')).toBe('_blank')
  })
})

describe('what one may not', () => {
  it('WEBMSG-16 a public channel offers to join, a private one says nothing, an archived one says so', async () => {
    const { ann, bob, id } = await meet()
    const eve = await openAs(stage(), unique('eve'), `/chat/channel/${id}`)
    await eve.page.getByRole('button', { name: 'Join the channel' }).click()
    await write(eve.page, 'I am here')
    await row(ann.page, 'I am here').waitFor()
    const secret = await makeChannel(stage(), ann, unique('secret'), [], true)
    await eve.page.goto(`${stage().parley.url}/chat/channel/${secret}`)
    await eve.page.getByText('There is no such channel.').waitFor()
    await ask(ann, 'PATCH', `${stage().parley.url}/api/channels/${id}`, { archived: true })
    await ann.page.getByText('This channel is archived.').first().waitFor()
    expect(await input(ann.page).count()).toBe(0)
    expect(bob.id).not.toBe(eve.id)
  })
})

describe('with the keyboard alone', () => {
  it('WEBMSG-17 goes from message to message, to what can be done with it, and back', async () => {
    const { ann, bob, id } = await meet()
    await goTo(bob, `/chat/channel/${id}`)
    for (const text of ['One', 'Two', 'Three']) await write(ann.page, text)
    await row(bob.page, 'Three').waitFor()
    await input(bob.page).focus()
    await bob.page.keyboard.press('Shift+Tab')
    const focused = () => bob.page.evaluate(() => document.activeElement?.textContent ?? '')
    // Whatever the row holds is passed on the way to it.
    for (let tries = 0; tries < 8 && !(await onRow(bob.page)); tries += 1)
      await bob.page.keyboard.press('Shift+Tab')
    expect(await focused()).toContain('Three')
    await bob.page.keyboard.press('ArrowUp')
    await bob.page.keyboard.press('ArrowUp')
    expect(await focused()).toContain('One')
    await bob.page.keyboard.press('ArrowDown')
    expect(await focused()).toContain('Two')
    await bob.page.keyboard.press('Tab')
    expect(await bob.page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Add a reaction',
    )
    // The first one may be the tooltip's.
    for (let tries = 0; tries < 2 && !(await onRow(bob.page)); tries += 1)
      await bob.page.keyboard.press('Escape')
    expect(await focused()).toContain('Two')
    await bob.page.keyboard.press('Escape')
    expect(await bob.page.evaluate(() => document.activeElement?.getAttribute('data-testid'))).toBe(
      'message-input',
    )
  })
})

const onRow = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.activeElement?.hasAttribute('data-message') ?? false)
