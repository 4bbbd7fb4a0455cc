import { describe, expect, it, vi } from 'vitest'
import { PeerJsPage } from './harness/peerjs-page.ts'
import { sharedStage } from './harness/stage.ts'

vi.setConfig({ testTimeout: 90_000 })

/** PeerJS's own client, unmodified, through the broker. */

const stage = sharedStage()

describe('PeerJS', () => {
  it('E2E-6 gets an id, calls with picture and sound both ways, and hangs up', async () => {
    const [ann, bob] = await Promise.all([open(), open()])
    expect(ann.id).not.toBe(bob.id)
    await ann.call(bob)
    await Promise.all([ann.untilState('in-call'), bob.untilState('in-call')])
    await Promise.all([ann.untilFlows(), bob.untilFlows()])

    await ann.hangUp()
    await Promise.all([ann.untilState('idle'), bob.untilState('idle')])
  })

  it('E2E-6 sends data both ways', async () => {
    const [ann, bob] = await Promise.all([open(), open()])
    await ann.page.fill('#other', bob.id)
    await ann.say('hello')
    await bob.untilSaid('hello')
    await ann.untilSaid('echo: hello')
  })
})

const open = (): Promise<PeerJsPage> => PeerJsPage.open(stage().browser, stage().parley.url)
