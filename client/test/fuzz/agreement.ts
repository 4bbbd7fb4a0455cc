import type { ChannelMessageView } from '@parley/core'
import { randomFrom } from '@parley/testkit'
import { expect } from 'vitest'
import type { Message } from '../../api/message.ts'
import type { TestClient } from '../core/world/test-client.ts'
import type { Action } from './actions.ts'
import { Play } from './play.ts'

/** Together longer than every wait of a client: backoff, acknowledgement, typing. */
const SOON = 4_000
const LONG = 76_000

/** Runs the actions, then lets everything work again, and compares. `seed`: of what chance decides. */
export const playThrough = async (list: readonly Action[], seed: number, limits: boolean): Promise<void> => {
  const play = await Play.start(randomFrom(seed), limits)
  try {
    await play.run(list)
    await heal(play)
    await checkAgreement(play)
  } finally {
    await play.world.stop()
  }
}

/** Everything works again, and time passes. */
const heal = async ({ world }: Play): Promise<void> => {
  if (world.core === null) await world.startServer()
  // What one side alone knows of a break, the other learns from its heartbeat.
  for (const line of world.lines) if (line.isServerGone || line.isClientGone) line.cut()
  await world.pass(SOON, 500)
  await world.pass(LONG, 4_000)
}

/** All clients show what the store holds, and nothing waits. */
const checkAgreement = async (play: Play): Promise<void> => {
  const { world, clients } = play
  for (const client of clients) {
    expect(client.parley.connection.get().state).toBe('connected')
    expect(client.parley.waiting.get(), 'messages wait').toBe(0)
    const own = await world.core!.channels.list(client.user.id, { limit: 100 })
    const { items, state } = client.parley.conversations.get()
    expect(state).toBe('ready')
    expect(items.map(({ id }) => id).sort()).toEqual(own.items.map(({ channel }) => channel.id).sort())
    for (const { channel, unreadCount, mentionCount } of own.items) {
      const summary = items.find(({ id }) => id === channel.id)
      const counts = { unread: summary?.unreadCount, mentions: summary?.mentionCount, seq: summary?.seq }
      expect(counts, 'counts').toEqual({ unread: unreadCount, mentions: mentionCount, seq: channel.seq })
      await checkConversation(play, client, channel.id)
    }
  }
  await checkSends(play)
}

const checkConversation = async (play: Play, client: TestClient, channelId: string): Promise<void> => {
  const { world } = play
  const conversation = client.parley.conversation(channelId)
  expect(conversation.typing.get(), 'typing').toEqual([])
  const release = conversation.messages.subscribe(() => undefined)
  await world.flush()
  for (let pages = 0; conversation.messages.get().hasOlder && pages < 20; pages += 1) {
    void conversation.loadOlder()
    await world.flush()
  }
  const { items, state } = conversation.messages.get()
  expect(state).toBe('ready')
  const stored = await storedIn(play, channelId)
  expect(items.map((message) => shown(message))).toEqual(
    stored.map((view) => expected(view, client.user.id, client.user.id === view.message.senderId)),
  )
  release()
}

const storedIn = async ({ world, users, places }: Play, channelId: string): Promise<ChannelMessageView[]> => {
  // Somebody who is in all of them.
  const reader = users[0]!.id
  expect(places).toContain(channelId)
  const views: ChannelMessageView[] = []
  for (let after = 0; ; ) {
    const { items } = await world.core!.channels.messages(reader, channelId, { after, limit: 100 })
    if (items.length === 0) return views
    views.push(...items)
    after = items.at(-1)!.message.seq
  }
}

const shown = ({ id, seq, source, editedAt, deletedAt, reactions, status, parentId, key }: Message) => ({
  id,
  seq,
  source,
  isEdited: editedAt !== null,
  isDeleted: deletedAt !== null,
  reactions: reactions.map(({ emoji, count, isOwn }) => `${emoji} ${count} ${isOwn}`).sort(),
  status,
  parentId,
  key,
})

const expected = (view: ChannelMessageView, viewerId: string, isOwn: boolean) => {
  const { message, reactions, status } = view
  const { id, seq, content, editedAt, deletedAt, parentId, clientMessageId } = message
  return {
    id,
    seq,
    source: content,
    isEdited: editedAt !== null,
    isDeleted: deletedAt !== null,
    reactions: reactions
      .map(({ emoji, count, userIds }) => `${emoji} ${count} ${userIds.includes(viewerId)}`)
      .sort(),
    status: isOwn ? status : null,
    parentId,
    key: isOwn ? clientMessageId : id,
  }
}

/** Each was stored once, and each client's own in the order in which they were written. */
const checkSends = async (play: Play): Promise<void> => {
  for (const channelId of play.places) {
    const stored = (await storedIn(play, channelId)).map(({ message }) => message.clientMessageId ?? '')
    expect(new Set(stored).size, 'stored twice').toBe(stored.length)
    const written = play.written.filter((one) => one.channelId === channelId)
    for (const client of play.clients) {
      const own = written.filter((one) => one.client === client)
      const kept = own
        .filter(({ key, isGivenUp }) => !isGivenUp || stored.includes(key))
        .map(({ key }) => key)
      expect(stored.filter((key) => own.some((one) => one.key === key))).toEqual(kept)
    }
  }
}
