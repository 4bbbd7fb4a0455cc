import type { OwnChannelJson } from '@parley/dialect-channels'
import { expect, it } from 'vitest'
import { createParley } from '../../create-parley.ts'
import { memoryStorage } from '../../storage/memory.ts'
import '../../keeper.ts'
import { record } from './outbox-world.ts'
import { stored } from './stored.ts'

const url = 'http://parley.test'
const user = { id: 'ann', username: 'ann', avatar: null }
const channel: OwnChannelJson = {
  ...{ id: 'channel-1', name: 'one', kind: 'channel', isPrivate: false, role: 'member', memberCount: 2 },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', archivedAt: null, seq: 1, rev: 1, readSeq: 1, deliveredSeq: 1 },
  ...{ unreadCount: 0, mentionCount: 0 },
}

it('SDK-7 a message that was kept as stored, and still waited as the page ended, is shown once', async () => {
  const storage = memoryStorage()
  const earlier = await storage.open({ url, userId: user.id })
  const messages = [
    stored(1, { channelId: channel.id, userId: user.id, clientMessageId: 'said', source: 'said' }),
  ]
  await earlier.kept.save({ channel, rev: 1, messages, activity: 1 })
  for (const [order, id] of ['said', 'waits'].entries())
    await earlier.outbox.put(record(id, order + 1, { channelId: channel.id, content: id, order }))
  earlier.close()

  const parley = createParley({ url, user, storage, token: 'none', autoConnect: false })
  const { messages: list } = parley.conversation(channel.id)
  const stop = list.subscribe(() => undefined)
  const shown = () => list.get().items.map(({ source, status }) => [source, status])
  await expect.poll(shown).toEqual([
    ['said', 'sent'],
    ['waits', 'sending'],
  ])
  stop()
  await parley.close()
  const left = await (await storage.open({ url, userId: user.id })).outbox.all()
  expect(left.map(({ clientMessageId }) => clientMessageId)).toEqual(['waits'])
})
