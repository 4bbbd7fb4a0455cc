import type { ChannelMessageView } from '@parley/core'
import { newId } from '@parley/model'
import { expect, it } from 'vitest'
import { listedMessages } from '../index.ts'

const ann = { id: newId(), username: 'ann', avatar: null }

/** A message of 2,000 units, costly to render, read from the store: nothing of it was rendered before. */
const costlyMessage = (seq: number): ChannelMessageView => ({
  message: {
    id: newId(),
    conversationId: newId(),
    seq,
    rev: seq,
    senderId: ann.id,
    type: 'text',
    content: '~javascript:**</a>_a_ &amp;'.repeat(74),
    clientMessageId: `c${seq}`,
    parentId: null,
    createdAt: seq,
    editedAt: null,
    deletedAt: null,
  },
  sender: ann,
  receiverId: null,
  status: 'sent',
  deliveredTo: 0,
  readBy: 0,
  reactions: [],
})

it('TEXT-6 a page of costly messages lets others have their turn while it is rendered', async () => {
  const page = Array.from({ length: 100 }, (_, index) => costlyMessage(index + 1))
  let isListed = false
  const listing = listedMessages(page, ann.id).finally(() => {
    isListed = true
  })
  let turns = 0
  while (!isListed) {
    await new Promise((resolve) => setImmediate(resolve))
    turns += 1
  }
  const listed = await listing
  expect(listed.map(({ seq }) => seq)).toEqual(page.map(({ message }) => message.seq))
  expect(listed[0]).toMatchObject({ clientMessageId: 'c1', readBy: 0, reactions: [] })
  expect(turns).toBeGreaterThan(5)
})
