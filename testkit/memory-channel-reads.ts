import {
  type ChannelMessageView,
  type ChannelReads,
  type ChannelView,
  MAX_CHANGES,
  MAX_SYNC_CHANGES,
  type Member,
  type MemberCursors,
  type Page,
  QUIET_ABOVE,
} from '@parley/core'
import { type ChannelRole, Fault, MAX_CHANNEL_MEMBERS, MAX_CHANNELS_PER_USER } from '@parley/model'
import type { MemoryConversation, MemoryConversations } from './memory-conversations.ts'
import { clamp, cursorOf, mapPage, pageOf } from './memory-paging.ts'
import type { MemoryUsers } from './memory-users.ts'
import type { MemoryViews } from './memory-views.ts'

type QueryOf<M extends keyof ChannelReads> = Parameters<ChannelReads[M]>[0]

/** By name, and by id where names are the same. */
const nameKey = ({ name, id }: MemoryConversation): string => `${name?.toLowerCase()}\n${id}`

/** What is read of the channels of a `MemoryStore`. */
export class MemoryChannelReads {
  readonly #conversations: MemoryConversations
  readonly #users: MemoryUsers
  readonly #views: MemoryViews

  constructor(conversations: MemoryConversations, users: MemoryUsers, views: MemoryViews) {
    this.#conversations = conversations
    this.#users = users
    this.#views = views
  }

  channel({ channelId, userId }: QueryOf<'channel'>): ChannelView | null {
    const found = this.#conversations.find(channelId)
    if (found === undefined) return null
    return found.isPrivate && !found.members.has(userId) ? null : this.#views.channel(found, userId)
  }

  role({ channelId, userId }: QueryOf<'role'>): ChannelRole | null {
    return this.#conversations.find(channelId)?.members.get(userId)?.role ?? null
  }

  channels(query: QueryOf<'channels'>): Page<ChannelView, string> {
    const after = cursorOf(query.after, Number.POSITIVE_INFINITY)
    const found = this.#conversations.newestFirst(query.userId).filter(({ activity }) => activity < after)
    const page = pageOf(found, clamp(query.limit, 1_000), ({ activity }) => String(activity))
    return mapPage(page, (conversation) => this.#views.channel(conversation, query.userId))
  }

  publicChannels(query: QueryOf<'publicChannels'>): Page<ChannelView, string> {
    const { search = '', after } = query
    if (after !== undefined && !after.includes('\n')) {
      throw new Fault('INVALID', 'The cursor is not one that a page answered.')
    }
    const found = this.#conversations.all
      .filter(({ kind, isPrivate, archivedAt }) => kind === 'channel' && !isPrivate && archivedAt === null)
      .filter(({ name }) => name?.toLowerCase().startsWith(search.toLowerCase()))
      .filter((channel) => nameKey(channel) > (after ?? ''))
      .sort((a, b) => (nameKey(a) < nameKey(b) ? -1 : 1))
    const page = pageOf(found, clamp(query.limit, 100), nameKey)
    return mapPage(page, (channel) => this.#views.channel(channel, query.userId))
  }

  members(query: QueryOf<'members'>): Page<Member, string> {
    const after = cursorOf(query.after, 0)
    const found = [...this.#membersOf(query.channelId)]
      .map(([id, member], index) => ({ user: this.#users.find(id), ...member, place: index + 1 }))
      .filter(({ user, place }) => user !== null && place > after)
    const page = pageOf(found, clamp(query.limit, 100), ({ place }) => String(place))
    return mapPage(page, ({ user, role, cursors, joinedAt }) => ({ user: user!, role, cursors, joinedAt }))
  }

  memberIds({ channelId, limit }: QueryOf<'memberIds'>): readonly string[] {
    return [...this.#membersOf(channelId).keys()].slice(0, clamp(limit, MAX_CHANNEL_MEMBERS))
  }

  cursors({ channelId, limit }: QueryOf<'cursors'>): readonly MemberCursors[] {
    return [...this.#membersOf(channelId)]
      .slice(0, clamp(limit, 100))
      .map(([userId, { cursors }]) => ({ userId, ...cursors }))
  }

  messages(query: QueryOf<'messages'>): Page<ChannelMessageView, number> {
    const { channelId, before = Number.POSITIVE_INFINITY, after, parentId, limit } = query
    const conversation = this.#conversations.find(channelId)
    const found = (conversation?.messages ?? [])
      .filter(({ message }) => message.seq < before && message.seq > (after ?? 0))
      .filter(({ message }) => parentId === undefined || message.parentId === parentId)
    if (after === undefined) found.reverse()
    const page = pageOf(found, clamp(limit, 100), ({ message }) => message.seq)
    return mapPage(page, (entry) => this.#views.channelMessage(conversation!, entry))
  }

  message(id: string): ChannelMessageView | null {
    const found = this.#conversations.message(id)
    return found === undefined ? null : this.#views.channelMessage(found.conversation, found.entry)
  }

  changes({ channelId, rev, limit }: QueryOf<'changes'>): readonly ChannelMessageView[] {
    return this.#changesAfter(channelId, rev).slice(0, clamp(limit, MAX_CHANGES))
  }

  changesOf({ since, limit }: QueryOf<'changesOf'>): readonly ChannelMessageView[] {
    return since
      .slice(0, MAX_CHANNELS_PER_USER)
      .flatMap((one) => this.#changesAfter(one.channelId, one.rev))
      .slice(0, clamp(limit, MAX_SYNC_CHANGES))
      .map((view) => ({ ...view, deliveredTo: 0, readBy: 0 }))
  }

  cursorsOf({ channelIds }: QueryOf<'cursorsOf'>): readonly (MemberCursors & { channelId: string })[] {
    return channelIds
      .slice(0, MAX_CHANNELS_PER_USER)
      .filter((channelId) => this.#membersOf(channelId).size <= QUIET_ABOVE)
      .flatMap((channelId) =>
        [...this.#membersOf(channelId)].map(([userId, { cursors }]) => ({ channelId, userId, ...cursors })),
      )
  }

  #changesAfter(channelId: string, rev: number): ChannelMessageView[] {
    const conversation = this.#conversations.find(channelId)
    return (conversation?.messages ?? [])
      .filter(({ message }) => message.rev > rev)
      .sort((a, b) => a.message.rev - b.message.rev)
      .map((entry) => this.#views.channelMessage(conversation!, entry))
  }

  #membersOf(channelId: string): MemoryConversation['members'] {
    return this.#conversations.find(channelId)?.members ?? new Map()
  }
}
