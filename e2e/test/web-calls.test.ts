import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { describe, expect, it, vi } from 'vitest'
import {
  callFromHeader,
  callOf,
  joinFromLobby,
  openListener,
  ringOf,
  tileOf,
  untilHeard,
  untilMoves,
  untilShows,
} from './harness/call-app.ts'
import { sharedStage } from './harness/stage.ts'
import { openAgain, type Person } from './harness/web-app.ts'

vi.setConfig({ testTimeout: 120_000 })

/** Calls as people make them in the web app, through a whole server, with the browser's own WebRTC. */

const stage = sharedStage()

const leave = (page: Page) => page.getByRole('button', { name: 'Leave the call' }).click()
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

/** Two in a video call. */
const meet = async (one: string, other: string): Promise<readonly [Person, Person]> => {
  const [ann, bob] = [await openListener(stage(), one), await openListener(stage(), other)]
  await callFromHeader(stage(), ann, bob)
  await ringOf(bob.page).getByText(one).waitFor()
  await press(bob.page, 'Accept with camera')
  await Promise.all([untilMoves(ann.page, other), untilMoves(bob.page, one)])
  return [ann, bob]
}

/** Nothing that axe knows of is wrong. */
const check = async (page: Page, within = 'html'): Promise<void> => {
  const { violations } = await new AxeBuilder({ page }).include(within).analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
}

describe('a direct call in the web app', () => {
  it('WEBCALL-1 rings, carries picture and sound both ways, and ends for both', async () => {
    const [ann, bob] = await meet('ann1', 'bob1')
    await Promise.all([untilHeard(ann.page, 1), untilHeard(bob.page, 1)])
    await check(ann.page)
    await leave(ann.page)
    await Promise.all([ann, bob].map(({ page }) => callOf(page).waitFor({ state: 'detached' })))
  })

  it('WEBCALL-2 stops ringing on the other devices once one has it', async () => {
    const [ann, bob] = [await openListener(stage(), 'ann2'), await openListener(stage(), 'bob2')]
    const phone = await openAgain(stage(), bob)
    await callFromHeader(stage(), ann, bob, 'Voice call')
    await Promise.all([bob, phone].map(({ page }) => ringOf(page).waitFor()))
    await check(bob.page, '[data-testid="incoming-call"]')
    await press(phone.page, 'Accept with voice')
    await ringOf(bob.page).waitFor({ state: 'detached' })
    await untilShows(ann.page, 'bob2', 'camera', false)
    await untilHeard(ann.page, 1)
    expect(await callOf(bob.page).count()).toBe(0)
  })

  it('WEBCALL-3 says that somebody declined, and calls again', async () => {
    const [ann, bob] = [await openListener(stage(), 'ann3'), await openListener(stage(), 'bob3')]
    await callFromHeader(stage(), ann, bob, 'Voice call')
    await press(bob.page, 'Decline')
    await ann.page.getByText('bob3 does not want to talk now.').waitFor()
    await check(ann.page)
    await press(ann.page, 'Call again')
    await ringOf(bob.page).waitFor()
    await press(ann.page, 'Cancel the call')
    await ringOf(bob.page).waitFor({ state: 'detached' })
  })

  it('WEBCALL-4 goes on beside the conversation, and while the server is out of reach', async () => {
    const [ann, bob] = [await openListener(stage(), 'ann4'), await openListener(stage(), 'bob4')]
    let isOut = false
    const cut: (() => void)[] = []
    await ann.page.routeWebSocket(/\/signal/, (socket) => {
      if (isOut) {
        void socket.close({ code: 1001 })
        return
      }
      socket.connectToServer()
      cut.push(() => void socket.close({ code: 1001 }))
    })
    await ann.page.reload()
    await callFromHeader(stage(), ann, bob)
    await press(bob.page, 'Accept with camera')
    await untilMoves(ann.page, 'bob4')
    await press(ann.page, 'Make the call small')
    await ann.page.getByTestId('small-call').waitFor()
    await ann.page.getByTestId('message-input').fill('During the call')
    await ann.page.getByTestId('send-button').click()
    await ann.page.getByTestId('message-list').getByText('During the call').waitFor()
    await press(ann.page, 'Show the whole call')

    isOut = true
    for (const end of cut.splice(0)) end()
    await ann.page.getByText('The server cannot be reached. The call goes on').waitFor()
    await Promise.all([untilMoves(ann.page, 'bob4'), untilMoves(bob.page, 'ann4')])
    isOut = false
    await press(ann.page, 'Try again')
    await ann.page.getByText('The server cannot be reached. The call goes on').waitFor({ state: 'detached' })
    await Promise.all([untilMoves(ann.page, 'bob4'), untilMoves(bob.page, 'ann4')])
    await leave(ann.page)
    await callOf(bob.page).waitFor({ state: 'detached' })
  })
})

describe('a group call in the web app', () => {
  it('WEBCALL-5 takes a guest by link, and shows each what the others do', async () => {
    const ann = await openListener(stage(), 'ann5')
    await press(ann.page, 'New group call')
    await ann.page.getByLabel('Name of the call').fill('Planning')
    await press(ann.page, 'Start the call')
    await ann.page.getByText('Nobody else is here yet').waitFor()
    const link = ann.page.url()
    expect(new URL(link).pathname).toMatch(/^\/g\/group_/)

    const bob = await openListener(stage(), 'bob5')
    await bob.page.goto(link)
    await bob.page.getByText('1 person is in the call').waitFor()
    await check(bob.page)
    await joinFromLobby(bob.page)
    const guest = await (await stage().browser.newContext({})).newPage()
    await guest.goto(link)
    await guest.locator('input[name="nickname"]').fill('cleo')
    await guest.locator('button[type="submit"]').click()
    await joinFromLobby(guest)

    const pages = { ann5: ann.page, bob5: bob.page, cleo: guest }
    for (const [name, page] of Object.entries(pages)) {
      const others = Object.keys(pages).filter((other) => other !== name)
      await Promise.all(others.map((other) => untilMoves(page, other)))
    }
    await untilHeard(guest, 2)
    await check(ann.page)

    await press(bob.page, 'Mute')
    await Promise.all([
      untilShows(ann.page, 'bob5', 'microphone', false),
      untilShows(guest, 'bob5', 'microphone', false),
    ])
    await press(bob.page, 'Turn the camera off')
    await Promise.all([
      untilShows(ann.page, 'bob5', 'camera', false),
      untilShows(guest, 'bob5', 'camera', false),
    ])
    await press(bob.page, 'Share the screen')
    await untilShows(guest, 'bob5', 'screen', true)
    await untilMoves(guest, 'bob5')
    await press(bob.page, 'Stop sharing the screen')
    await press(bob.page, 'Turn the camera on')
    await untilShows(guest, 'bob5', 'screen', false)
    await untilMoves(guest, 'bob5')

    await leave(guest)
    await Promise.all([ann, bob].map(({ page }) => tileOf(page, 'cleo').waitFor({ state: 'detached' })))
    await guest.getByText('2 people are in the call').waitFor()
    await ann.context.close()
    await tileOf(bob.page, 'ann5').waitFor({ state: 'detached' })
  })

  it('WEBCALL-6 says that a link leads nowhere, and what to do', async () => {
    const ann = await openListener(stage(), 'ann6')
    await ann.page.goto(`${stage().parley.url}/g/group_none`)
    await ann.page.getByText('There is no such call').waitFor()
    await check(ann.page)
  })
})

describe('a device that is refused', () => {
  it('WEBCALL-7 is said in a sentence, and the call goes on with it once it is allowed', async () => {
    const [ann, bob] = [await openListener(stage(), 'ann7'), await openListener(stage(), 'bob7')]
    // The browser of these tests asks nobody, so its answer is put in place.
    await bob.page.addInitScript(`{
      globalThis.isRefused = true
      const media = navigator.mediaDevices
      const open = media.getUserMedia.bind(media)
      media.getUserMedia = (wanted) =>
        isRefused && wanted.audio ? Promise.reject(new DOMException('no', 'NotAllowedError')) : open(wanted)
    }`)
    await bob.page.reload()
    await callFromHeader(stage(), ann, bob)
    await press(bob.page, 'Accept with camera')
    const sentence = bob.page.getByText('The browser does not allow the microphone.')
    await sentence.waitFor()
    await check(bob.page)
    await untilMoves(ann.page, 'bob7')
    await untilShows(ann.page, 'bob7', 'microphone', false)
    await bob.page.evaluate('isRefused = false')
    await press(bob.page, 'Try again')
    await sentence.waitFor({ state: 'detached' })
    await untilShows(ann.page, 'bob7', 'microphone', true)
    await untilHeard(ann.page, 1)
  })
})
