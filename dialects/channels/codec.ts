import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  type ChannelMessageView,
  type ChannelView,
  cleanText,
  type MessageCreated,
  renderMarkdown,
  type SyncAnswer,
  type SyncedChannel,
} from '@parley/core'
import {
  type Channel,
  type ChannelRole,
  type DeliveryStatus,
  isoTime,
  type Message,
  type User,
} from '@parley/model'
import type {
  ChannelJson,
  ChannelMessageJson,
  ChannelsAnswers,
  OwnChannelJson,
  SyncedChannelJson,
  WireStatus,
} from './wire.ts'

const isoOrNull = (at: number | null): string | null => (at === null ? null : isoTime(at))

const STATUS: Readonly<Record<DeliveryStatus, WireStatus>> = {
  sent: 'SENT',
  delivered: 'DELIVERED',
  read: 'READ',
}

export const wireStatus = (status: DeliveryStatus): WireStatus => STATUS[status]

/** How long a list is rendered before others have their turn (ms). */
const RENDER_SLICE = 10

/** Cleaning and rendering cost more than everything else about a message, and each content is shown many times. */
const rendered = new WeakMap<Message, { readonly content: string; readonly contentHtml: string }>()

const render = (message: Message) => {
  let known = rendered.get(message)
  if (known === undefined) {
    known = { content: cleanText(message.content), contentHtml: renderMarkdown(message.content) }
    rendered.set(message, known)
  }
  return known
}

export const htmlOf = (message: Message): string => render(message).contentHtml

const messageBody = (message: Message, sender: User, status: DeliveryStatus): ChannelMessageJson => {
  const { content, contentHtml } = render(message)
  return {
    id: message.id,
    content,
    source: message.content,
    contentHtml,
    messageType: message.type,
    channelId: message.conversationId,
    userId: sender.id,
    ...(message.parentId === null ? {} : { parentId: message.parentId }),
    createdAt: isoTime(message.createdAt),
    updatedAt: isoTime(message.deletedAt ?? message.editedAt ?? message.createdAt),
    editedAt: isoOrNull(message.editedAt),
    deletedAt: isoOrNull(message.deletedAt),
    deliveryStatus: wireStatus(status),
    seq: message.seq,
    rev: message.rev,
    ...(message.clientMessageId === null ? {} : { clientMessageId: message.clientMessageId }),
    user: { id: sender.id, name: sender.username, avatar: sender.avatar },
  }
}

/** `message:new`: a message as it was stored a moment ago. */
export const newMessage = ({ message, sender }: MessageCreated): ChannelMessageJson =>
  messageBody(message, sender, 'sent')

/** A message in a list. A client id is its sender's alone. */
export const listedMessage = (view: ChannelMessageView, viewerId: string): ChannelMessageJson => {
  const { clientMessageId, ...body } = messageBody(view.message, view.sender, view.status)
  return {
    ...body,
    ...(clientMessageId === undefined || view.message.senderId !== viewerId ? {} : { clientMessageId }),
    deliveredTo: view.deliveredTo,
    readBy: view.readBy,
    reactions: view.reactions.map(({ emoji, count, userIds }) => ({ emoji, count, userIds: [...userIds] })),
  }
}

/** A page of a list. Each content may take milliseconds to render: others have their turn in between. */
export const listedMessages = async (
  views: readonly ChannelMessageView[],
  viewerId: string,
): Promise<ChannelMessageJson[]> => {
  const listed: ChannelMessageJson[] = []
  let began = performance.now()
  for (const view of views) {
    listed.push(listedMessage(view, viewerId))
    if (performance.now() - began < RENDER_SLICE) continue
    await nextTurn()
    began = performance.now()
  }
  return listed
}

/** `message:updated` and the like: for everyone who shows the channel. */
export const changedMessage = (view: ChannelMessageView): ChannelMessageJson => listedMessage(view, '')

export const channelOf = (channel: Channel, role: ChannelRole | null): ChannelJson => ({
  id: channel.id,
  name: channel.name,
  kind: channel.kind,
  isPrivate: channel.isPrivate,
  ...(role === null ? {} : { role }),
  memberCount: channel.memberCount,
  createdAt: isoTime(channel.createdAt),
  archivedAt: isoOrNull(channel.archivedAt),
})

/** To each of the two, a direct conversation is called after the other. */
export const ownChannel = ({
  channel,
  role,
  cursors,
  unreadCount,
  mentionCount,
  peer,
}: ChannelView): OwnChannelJson => ({
  ...channelOf(channel, null),
  name: channel.name ?? peer?.username ?? null,
  role,
  seq: channel.seq,
  rev: channel.rev,
  ...cursors,
  unreadCount,
  mentionCount,
  ...(peer === null ? {} : { peer: { id: peer.id, username: peer.username, avatar: peer.avatar } }),
})

/** The answer to `sync`. */
export const synced = (answer: SyncAnswer, viewerId: string): ChannelsAnswers['sync'] => ({
  epoch: answer.epoch,
  channels: answer.channels.map((channel) => syncedChannel(channel, viewerId)),
  removed: [...answer.removed],
})

const syncedChannel = (synced: SyncedChannel, viewerId: string): SyncedChannelJson => {
  const channelId = synced.view.channel.id
  if (synced.kind === 'resync') return { channelId, resync: true as const, channel: ownChannel(synced.view) }
  return {
    channelId,
    channel: ownChannel(synced.view),
    events: synced.changes.map((view) => {
      // How many took and read it follows from `readBy`.
      const { deliveredTo, readBy, ...message } = listedMessage(view, viewerId)
      return { rev: view.message.rev, message }
    }),
    readBy: synced.cursors.map(({ userId, deliveredSeq, readSeq }) => ({ userId, deliveredSeq, readSeq })),
    rev: synced.rev,
    more: synced.more,
  }
}
