import { turn } from '@parley/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import type { CoreEvent, ReceiptAdvanced } from '../events.ts'
import { type CoreScene, createScene, textTo } from './core-fixture.ts'

let scene: CoreScene
beforeEach(async () => {
  scene = await createScene({ limits: 'off' })
})

const statusOf = async ({ store, ann, bob }: CoreScene): Promise<string[]> =>
  (await store.directHistory({ userId: ann.id, peerId: bob.id, limit: 100 })).items
    .map(({ status }) => status)
    .reverse()

const receiptsIn = (events: readonly CoreEvent[]): ReceiptAdvanced[] =>
  events.filter((event) => event.type === 'receipt.advanced')

/** `count` messages from Ann to Bob; the conversation's id. */
const send = async ({ core, ann, bob }: CoreScene, count: number): Promise<string> => {
  let conversationId = ''
  for (let index = 0; index < count; index += 1) {
    conversationId = (await core.direct.send(ann, textTo(bob, `${index + 1}`))).message.conversationId
  }
  return conversationId
}

describe('receipts', () => {
  it('RECEIPT-3 is delivered when a client took it, not because the receiver is online', async () => {
    const { core, ann, bob } = scene
    const heard = await scene.hear(`user:${ann.id}`)
    await core.presence.connect(bob, 'elsewhere')
    const conversationId = await send(scene, 2)
    await turn()
    expect(await statusOf(scene)).toEqual(['sent', 'sent'])
    expect(receiptsIn(heard)).toEqual([])
    expect(await core.direct.waiting(bob.id, 10)).toHaveLength(2)
    await core.receipts.delivered(bob, conversationId, 1)
    await turn()
    expect(await statusOf(scene)).toEqual(['delivered', 'sent'])
    expect(receiptsIn(heard)).toMatchObject([{ status: 'delivered', upTo: 1, reader: { id: bob.id } }])
  })

  it('RECEIPT-3 is delivered by reading', async () => {
    const { core, ann, bob } = scene
    const heard = await scene.hear(`user:${ann.id}`)
    await send(scene, 2)
    expect(await core.receipts.readDirect(bob, ann.id)).toEqual({ markedCount: 2 })
    await turn()
    expect(await statusOf(scene)).toEqual(['read', 'read'])
    expect(receiptsIn(heard).map(({ status, messageIds }) => [status, messageIds.length])).toEqual([
      ['delivered', 2],
      ['read', 2],
    ])
    expect(await core.direct.waiting(bob.id, 10)).toEqual([])
  })

  it('RECEIPT-1 a receipt below the cursor or above the head moves nothing further', async () => {
    const { core, ann, bob } = scene
    const conversationId = await send(scene, 3)
    const heard = await scene.hear(`user:${ann.id}`)
    await core.receipts.delivered(bob, conversationId, 99)
    await core.receipts.delivered(bob, conversationId, 1)
    await turn()
    expect(receiptsIn(heard).map(({ upTo }) => upTo)).toEqual([3])
    await send(scene, 1)
    expect(await statusOf(scene)).toEqual(['delivered', 'delivered', 'delivered', 'sent'])
  })

  it('RECEIPT-2 the author hears of each message once per status, the reader and others of none', async () => {
    const { core, ann, bob, cas } = scene
    const conversationId = await send(scene, 5)
    const heard = await scene.hear(`user:${ann.id}`)
    const others = await scene.hear(`user:${bob.id}`)
    await Promise.all([1, 2, 3, 5, 4].map((seq) => core.receipts.delivered(bob, conversationId, seq)))
    await core.receipts.delivered(cas, conversationId, 5)
    await core.receipts.delivered(ann, conversationId, 5)
    await turn()
    const ids = receiptsIn(heard).flatMap(({ messageIds }) => messageIds)
    expect(ids).toHaveLength(5)
    expect(new Set(ids).size).toBe(5)
    expect(receiptsIn(others)).toEqual([])
    expect(await core.receipts.readDirect(bob, cas.id)).toEqual({ markedCount: 0 })
  })

  it('RECEIPT-4 deliveries wait while the store is away and are stored when it is back', async () => {
    const { core, store, clock, ann, bob } = scene
    const conversationId = await send(scene, 3)
    const heard = await scene.hear(`user:${ann.id}`)
    store.setAway(true)
    let isStored = false
    const stored = core.receipts.delivered(bob, conversationId, 1).then(() => {
      isStored = true
    })
    await clock.advance(10_000)
    void core.receipts.delivered(bob, conversationId, 3)
    await clock.advance(10_000)
    expect([isStored, heard.length]).toEqual([false, 0])
    store.setAway(false)
    await clock.advance(1_000)
    await stored
    await turn()
    expect(await statusOf(scene)).toEqual(['delivered', 'delivered', 'delivered'])
    expect(receiptsIn(heard).map(({ upTo }) => upTo)).toEqual([3])
  })

  it('RECEIPT-4 a server that stops tries no more', async () => {
    const { core, store, clock, bob } = scene
    const conversationId = await send(scene, 1)
    store.setAway(true)
    const stored = core.receipts.delivered(bob, conversationId, 1)
    await clock.advance(1)
    await core.stop()
    store.setAway(false)
    await clock.advance(1_000)
    await stored
    expect(await statusOf(scene)).toEqual(['sent'])
  })

  it('RECEIPT-4 reading while the store is away is a retryable fault', async () => {
    const { core, store, ann, bob } = scene
    await send(scene, 1)
    store.setAway(true)
    await expect(core.receipts.readDirect(bob, ann.id)).rejects.toMatchObject({ retry: 'retry' })
    store.setAway(false)
    expect(await core.receipts.readDirect(bob, ann.id)).toEqual({ markedCount: 1 })
  })
})
