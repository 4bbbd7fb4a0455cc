import {
  type Channel,
  type ChannelRole,
  type CreateChannel,
  Fault,
  MAX_CHANNELS_PER_USER,
  newId,
  type UpdateChannel,
} from '@parley/model'
import type { Activity } from './activity.ts'
import type { Audience } from './audience.ts'
import { mayGiveRole, mayGovern, mayInvite, mayRemove, mayRename } from './channel-rules.ts'
import type { EventHub } from './event-hub.ts'
import type { GroupCommit } from './group-commit.ts'
import { itemsOf } from './items-of.ts'
import { archived, notAMember, type Sender } from './message-sender.ts'
import type { ChannelChangeOp, ChannelOutcome } from './ports/channel-ops.ts'
import type { ChannelMessageView, ChannelView, Member } from './ports/channel-reads.ts'
import type { Clock } from './ports/clock.ts'
import type { Observer } from './ports/observer.ts'
import type { Page, Store } from './ports/store.ts'
import { untilFresh } from './until-fresh.ts'
import type { UserCache } from './user-cache.ts'

/** Members looked at in one query. */
const MEMBERS_PAGE = 100

interface Dependencies {
  readonly store: Store
  readonly commits: GroupCommit
  readonly hub: EventHub
  readonly users: UserCache
  readonly audience: Audience
  readonly activity: Activity
  readonly clock: Clock
  readonly observer: Observer
}

type Updated = Extract<ChannelOutcome, { kind: 'updated' }>

/**
 * Channels and who is in them. To who is no member, a private channel and one that does not exist are the same:
 * `NOT_A_MEMBER`.
 */
export class Channels {
  readonly #with: Dependencies

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
  }

  /** Resolves to the channel as its owner sees it. Who cannot be invited is left out: no such account, a guest of a private channel. */
  async create(owner: Sender, command: CreateChannel): Promise<ChannelView> {
    refuseGuest(owner)
    const memberIds = await this.#invitable(owner, command.memberIds, command.isPrivate)
    const outcome = await this.#with.commits.submit({
      kind: 'create-channel',
      channelId: newId(),
      name: command.name,
      isPrivate: command.isPrivate,
      ownerId: owner.id,
      memberIds,
      at: this.#with.clock.now(),
    })
    if (outcome.kind === 'too-many')
      throw new Fault('LIMIT_REACHED', 'You are in too many channels. Leave one first.')
    const { channel } = outcome
    this.#audit('channel created', owner.id, channel.id)
    this.#tellUser(owner.id, channel, 'owner')
    for (const userId of outcome.memberIds) if (userId !== owner.id) this.#tellUser(userId, channel, 'member')
    return this.get(owner.id, channel.id)
  }

  /** The direct conversation with a user, made when there is none. */
  async openDirect(user: Sender, peerId: string): Promise<{ view: ChannelView; isNew: boolean }> {
    refuseGuest(user)
    if (peerId === user.id) throw new Fault('SELF_MESSAGE', 'Cannot open a conversation with yourself')
    const peer = await this.#with.users.find(peerId)
    if (peer === null || peer.disabled || peer.role === 'guest') {
      throw new Fault('RECEIVER_NOT_FOUND', 'User not found')
    }
    const { view, isNew } = await this.#with.commits.submit({
      kind: 'open-direct',
      newConversationId: newId(),
      userId: user.id,
      peerId,
      at: this.#with.clock.now(),
    })
    if (isNew) for (const userId of [user.id, peerId]) this.#tellUser(userId, view.channel, 'member')
    return { view, isNew }
  }

  /** A channel that the user may see: their own, or a public one. */
  async get(userId: string, channelId: string): Promise<ChannelView> {
    const view = await this.#with.store.channel({ channelId, userId })
    if (view === null) throw notAMember()
    return view
  }

  /** The user's own conversations, newest activity first. */
  list(userId: string, page: { after?: string; limit: number }): Promise<Page<ChannelView, string>> {
    return this.#with.store.channels({ userId, ...page })
  }

  /** Public channels, to look around. */
  browse(
    userId: string,
    page: { search?: string; after?: string; limit: number },
  ): Promise<Page<ChannelView, string>> {
    return this.#with.store.publicChannels({ userId, ...page })
  }

  /** The user is a member after this: was one, or the channel is public. */
  async join(user: Sender, channelId: string): Promise<ChannelView> {
    return untilFresh(async () => {
      const view = await this.get(user.id, channelId)
      if (view.role !== null) return view
      if (view.channel.isPrivate) throw notAMember()
      if (view.channel.archivedAt !== null) throw archived()
      const at = this.#with.clock.now()
      await this.#change(
        { kind: 'add-members', channelId, expect: [], isPrivate: false, userIds: [user.id], at },
        ({ channel, added }) => this.#tellJoined(channel, added),
      )
      return this.get(user.id, channelId)
    })
  }

  /** Is the user a member? Resolves to the role, rejects with `NOT_A_MEMBER`. */
  async requireMember(userId: string, channelId: string): Promise<ChannelRole> {
    const role = await this.#with.store.role({ channelId, userId })
    if (role === null) throw notAMember()
    return role
  }

  /** Makes others members at once. Resolves to those who were added. */
  async invite(actor: Sender, channelId: string, userIds: readonly string[]): Promise<readonly string[]> {
    refuseGuest(actor)
    return untilFresh(async () => {
      const { channel, role } = await this.#ownChannel(actor.id, channelId)
      if (!mayInvite(role, channel.isPrivate)) throw forbidden('invite to a private channel')
      const invited = await this.#invitable(actor, userIds, channel.isPrivate)
      if (invited.length === 0) throw new Fault('RECEIVER_NOT_FOUND', 'User not found')
      const { added } = await this.#change(
        {
          kind: 'add-members',
          channelId,
          expect: [{ userId: actor.id, role }],
          isPrivate: channel.isPrivate,
          userIds: invited,
          at: this.#with.clock.now(),
        },
        (updated) => this.#tellJoined(updated.channel, updated.added),
      )
      return added
    })
  }

  leave(userId: string, channelId: string): Promise<void> {
    return this.remove(userId, channelId, userId)
  }

  /** For an account that is gone: its channels go on without it. */
  async leaveAll(userId: string): Promise<void> {
    const { store } = this.#with
    const limit = MAX_CHANNELS_PER_USER
    for await (const { channel } of itemsOf((from) => store.channels({ userId, limit, ...from }))) {
      if (channel.kind === 'channel') await this.leave(userId, channel.id)
    }
  }

  /** Ends a membership: one's own, or that of somebody of a lower role. */
  async remove(actorId: string, channelId: string, userId: string): Promise<void> {
    await untilFresh(async () => {
      const { role } = await this.#ownChannel(actorId, channelId)
      const expect = [{ userId: actorId, role }]
      if (userId !== actorId) {
        const target = await this.#with.store.role({ channelId, userId })
        if (target === null) throw new Fault('NOT_FOUND', 'This user is no member of the channel')
        if (!mayRemove(role, target)) throw forbidden('remove this member')
        expect.push({ userId, role: target })
      }
      const at = this.#with.clock.now()
      await this.#change(
        { kind: 'remove-member', channelId, expect, userId, at },
        ({ channel, newOwnerId }) => {
          this.#tellLeft(channel, userId, userId === actorId ? 'left' : 'removed')
          if (newOwnerId !== null) this.#tellUser(newOwnerId, channel, 'owner')
        },
      )
    })
    this.#audit('member removed', actorId, channelId, userId)
  }

  /** Renames, changes privacy, archives or takes back into use. */
  async update(actor: Sender, channelId: string, change: UpdateChannel): Promise<ChannelView> {
    await untilFresh(async () => {
      const { role } = await this.#ownChannel(actor.id, channelId)
      if (change.name !== undefined && !mayRename(role)) throw forbidden('rename a channel')
      const governs = change.isPrivate !== undefined || change.archived !== undefined
      if (governs && !mayGovern(role)) throw forbidden('archive a channel or change who may see it')
      await this.#change(
        {
          kind: 'update-channel',
          channelId,
          expect: [{ userId: actor.id, role }],
          ...(change.name === undefined ? {} : { name: change.name }),
          ...(change.isPrivate === undefined ? {} : { isPrivate: change.isPrivate }),
          ...(change.archived === undefined ? {} : { archived: change.archived }),
          at: this.#with.clock.now(),
        },
        ({ channel }) => this.#with.activity.channel(channel),
      )
    })
    if (change.isPrivate === true) await this.#removeGuests(actor.id, channelId)
    this.#audit('channel updated', actor.id, channelId)
    return this.get(actor.id, channelId)
  }

  /** Guests are in public channels only. */
  async #removeGuests(actorId: string, channelId: string): Promise<void> {
    const { store } = this.#with
    const limit = MEMBERS_PAGE
    for await (const { user, role } of itemsOf((from) => store.members({ channelId, limit, ...from }))) {
      if (user.role === 'guest' && role !== 'owner') await this.remove(actorId, channelId, user.id)
    }
  }

  /** A new owner makes the old one a moderator. Guests stay members. */
  async setRole(actor: Sender, channelId: string, userId: string, role: ChannelRole): Promise<void> {
    await untilFresh(async () => {
      const own = await this.#ownChannel(actor.id, channelId)
      if (!mayGiveRole(own.role)) throw forbidden('give roles')
      const current = await this.#with.store.role({ channelId, userId })
      if (current === null) throw new Fault('NOT_FOUND', 'This user is no member of the channel')
      if (current === 'owner' && role !== 'owner') {
        throw new Fault('FORBIDDEN', 'A channel has an owner: make somebody else the owner first')
      }
      const target = await this.#with.users.find(userId)
      if (target?.role === 'guest' && role !== 'member')
        throw new Fault('FORBIDDEN', 'A guest can only be a member')
      const expect = [
        { userId: actor.id, role: own.role },
        { userId, role: current },
      ]
      await this.#change({ kind: 'set-role', channelId, expect, userId, role }, ({ channel, newOwnerId }) => {
        this.#tellUser(userId, channel, role)
        if (newOwnerId !== null && actor.id !== userId) this.#tellUser(actor.id, channel, 'moderator')
      })
    })
    this.#audit('role changed', actor.id, channelId, userId)
  }

  /** Of a channel that the user may see. */
  async members(
    userId: string,
    channelId: string,
    page: { after?: string; limit: number },
  ): Promise<Page<Member, string>> {
    await this.get(userId, channelId)
    return this.#with.store.members({ channelId, ...page })
  }

  /** Messages of a channel that the user may see: newest first, or with `after` oldest first. */
  async messages(
    userId: string,
    channelId: string,
    page: { before?: number; after?: number; parentId?: string; limit: number },
  ): Promise<Page<ChannelMessageView, number>> {
    await this.get(userId, channelId)
    return this.#with.store.messages({ channelId, ...page })
  }

  async #ownChannel(userId: string, channelId: string): Promise<{ channel: Channel; role: ChannelRole }> {
    const { channel, role } = await this.get(userId, channelId)
    if (role === null) throw notAMember()
    if (channel.kind === 'direct') throw new Fault('FORBIDDEN', 'A direct conversation cannot be changed')
    return { channel, role }
  }

  /** Those who exist, are in use, and may be where they are invited to. */
  async #invitable(
    actor: Sender,
    userIds: readonly string[],
    isPrivate: boolean,
  ): Promise<readonly string[]> {
    const wanted = [...new Set(userIds)].filter((id) => id !== actor.id)
    if (wanted.length === 0) return []
    const found = await this.#with.store.directory.findMany(wanted)
    return found
      .filter(({ disabled, role }) => !disabled && (role !== 'guest' || !isPrivate))
      .map(({ id }) => id)
  }

  /** `tell` runs before anything is told that was stored later: of one batch, too, who left hears no message after it. */
  async #change(op: ChannelChangeOp, tell: (updated: Updated) => void): Promise<Updated> {
    const outcome = await this.#with.commits.submit(op)
    switch (outcome.kind) {
      case 'updated':
        this.#with.audience.forget(op.channelId)
        tell(outcome)
        return outcome
      case 'not-found':
        throw notAMember()
      case 'stale':
        throw new Fault('CONFLICT', 'The channel changed meanwhile. Try again.')
      case 'archived':
        throw archived()
      case 'full':
        throw new Fault(
          'LIMIT_REACHED',
          'There is no room: the channel is full, or the user is in too many channels',
        )
    }
  }

  #tellJoined(channel: Channel, added: readonly string[]): void {
    for (const userId of added) this.#tellUser(userId, channel, 'member')
    if (added.length > 0) this.#with.activity.channel(channel)
  }

  /** On the channel's own topic too: before anything that is said there afterwards. */
  #tellLeft(channel: Channel, userId: string, reason: 'left' | 'removed'): void {
    const event = { type: 'channel.left', channelId: channel.id, userId, reason } as const
    this.#with.hub.publish(`conversation:${channel.id}`, event)
    this.#with.hub.publish(`user:${userId}`, event)
    this.#with.activity.channel(channel)
  }

  #tellUser(userId: string, channel: Channel, role: ChannelRole): void {
    this.#with.hub.publish(`user:${userId}`, { type: 'channel.changed', channel, role })
  }

  #audit(event: string, actorId: string, channelId: string, userId: string | null = null): void {
    this.#with.observer.audit(event, { actorId, channelId, userId })
  }
}

const refuseGuest = ({ role }: Sender): void => {
  if (role === 'guest') throw new Fault('FORBIDDEN', 'Guests cannot do that. Sign up first.')
}

const forbidden = (what: string): Fault =>
  new Fault('FORBIDDEN', `Your role in this channel does not let you ${what}`)
