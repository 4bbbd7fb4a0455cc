import { type Coturn, startCoturn } from '@parley/testkit/coturn'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { TestBrowser } from './harness/browser.ts'
import { CallPage } from './harness/call-page.ts'
import { type Parley, startParley } from './harness/parley.ts'

vi.setConfig({ testTimeout: 90_000 })

const SECRET = 'a secret that coturn and Parley share'

let coturn: Coturn
let parley: Parley
let browser: TestBrowser

beforeAll(async () => {
  coturn = await startCoturn({ secret: SECRET, allowsLoopback: true })
  ;[parley, browser] = await Promise.all([
    startParley({ TURN_URL: coturn.url, TURN_SECRET: SECRET }),
    TestBrowser.launch(),
  ])
})
afterAll(async () => {
  await browser?.close()
  await parley?.stop()
  await coturn?.stop()
})

it('E2E-9 a call that may use relays only passes through the TURN server, by the credentials of Parley', async () => {
  const relay = { transport: 'relay' }
  const ann = await CallPage.enter(browser, parley.url, 'ann', '', relay)
  const bob = await CallPage.enter(browser, parley.url, 'bob', await ann.groupId(), relay)
  await Promise.all([ann.untilKnows(bob), bob.untilKnows(ann)])
  await ann.call(bob)
  await bob.untilState('ringing')
  await bob.accept(ann)
  await Promise.all([ann.untilFlows(bob), bob.untilFlows(ann)])
  for (const [one, other] of [
    [ann, bob],
    [bob, ann],
  ] as const) {
    expect((await one.received(other)).candidateType).toBe('relay')
  }
  expect(browser.trouble).toEqual([])
})
