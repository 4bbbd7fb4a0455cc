import type { Core, CoreEvent, ReceiptAdvanced, Topic, TypingChanged } from '@parley/core'
import type { SocketRooms } from '@parley/socketio'
import * as codec from './codec.ts'
import { channelRoom, type Entrance, isRefusal } from './entrance.ts'
import type { PresenceWatch } from './presence-watch.ts'
import type { ChannelsSession } from './session.ts'
import { MESSAGE_EVENT } from './wire.ts'

interface Dependencies {
  readonly core: Core
  readonly rooms: SocketRooms
  readonly entrance: Entrance
  readonly watch: PresenceWatch
  readonly sessionsOf: (userId: string) => ReadonlySet<ChannelsSession>
}

/** Where an event goes: rooms or ids of sockets. */
type Target = string | readonly string[]

const userRoom = (userId: string): string => `user:${userId}`

/**
 * What happens, to the sockets that show it. A channel's events come on `conversation:ID` and go to its room; those of a
 * direct conversation come on `user:ID` and go to that user's sockets that show it.
 */
export class Outbound {
  readonly #with: Dependencies

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
  }

  deliver(topic: Topic, event: CoreEvent, except: string | null): void {
    const { rooms, core } = this.#with
    const emit = (target: Target, name: string, body: object): void =>
      rooms.emit(target, name, [body], except)
    const userId = topic.startsWith('user:') ? topic.slice('user:'.length) : null
    switch (event.type) {
      case 'message.created': {
        const { conversationId } = event.message
        const target = this.#showing(userId, conversationId)
        const count = this.#countOf(target)
        if (count === 0) break
        emit(target, MESSAGE_EVENT.new, codec.newMessage(event))
        core.observer.count('parley_deliveries_total', { dialect: 'channels' }, count)
        if (userId !== null) this.#enterInboxes(userId, conversationId)
        break
      }
      case 'message.changed': {
        const { message } = event.view
        const { id: messageId, conversationId: channelId, rev } = message
        const target = this.#showing(userId, channelId)
        if (event.change === 'deleted') emit(target, 'message:deleted', { messageId, channelId, rev })
        else emit(target, 'message:updated', { message: codec.changedMessage(event.view) })
        break
      }
      case 'reaction.changed': {
        const { messageId, conversationId: channelId, user, emoji, on, rev } = event
        const reaction = { messageId, channelId, userId: user.id, emoji, on, rev }
        emit(this.#showing(userId, channelId), 'message:reaction', reaction)
        break
      }
      case 'typing.changed':
        this.#typing(userId, event, except)
        break
      case 'receipt.advanced':
        if (userId !== null) this.#receipts(userId, event)
        break
      case 'channel.changed':
        if (userId === null) break
        emit(userRoom(userId), 'channel:updated', { channel: codec.channelOf(event.channel, event.role) })
        this.#enterInboxes(userId, event.channel.id)
        break
      case 'channel.left':
        this.#left(userId, event)
        break
      case 'channel.activity': {
        const { channelId, seq, mention } = event
        if (userId === null) break
        emit(userRoom(userId), 'channel:activity', { channelId, seq, mention })
        // An inbox that could not enter when the channel came, as the store was away.
        this.#enterInboxes(userId, channelId)
        break
      }
      case 'channel.read': {
        const { channelId, readSeq } = event
        if (userId !== null) emit(userRoom(userId), 'channel:read', { channelId, readSeq })
        break
      }
      case 'presence.changed':
        this.#with.watch.changed(event)
        break
      case 'presence.listed':
      case 'identity.ended':
      case 'hub.broadcast':
      case 'peer.relayed':
      case 'peer.probed':
      case 'peer.alive':
      case 'group.joined':
      case 'group.left':
      case 'group.peer-changed':
      case 'call.offered':
      case 'call.answered':
      case 'call.over':
      case 'heads.announced':
      case 'heads.asked':
      case 'room.whispered':
      case 'room.changed':
      case 'room.left':
        break
    }
  }

  /** The sockets that show a conversation: of one user for an event on that user's topic, else all. */
  #showing(userId: string | null, channelId: string): Target {
    if (userId === null) return channelRoom(channelId)
    return [...this.#with.sessionsOf(userId)]
      .filter(({ inbox, entered }) => inbox || entered.has(channelId))
      .map(({ socket }) => socket.id)
  }

  #countOf(target: Target): number {
    return typeof target === 'string' ? this.#with.rooms.sizeOf(target) : target.length
  }

  #typing(userId: string | null, { user, place, isTyping }: TypingChanged, except: string | null): void {
    const name = isTyping ? MESSAGE_EVENT.typingStart : MESSAGE_EVENT.typingStop
    const emit = (target: Target, channelId: string): void =>
      this.#with.rooms.emit(
        target,
        name,
        [{ userId: user.id, channelId, isTyping, name: user.username }],
        except,
      )
    if ('channelId' in place) emit(channelRoom(place.channelId), place.channelId)
    if (userId === null || !('directWith' in place)) return
    for (const { directs, socket } of this.#with.sessionsOf(userId)) {
      const channelId = directs.get(user.id)
      if (channelId !== undefined) emit(socket.id, channelId)
    }
  }

  #receipts(authorId: string, { status, conversationId, reader, messageIds }: ReceiptAdvanced): void {
    const name = status === 'read' ? MESSAGE_EVENT.read : MESSAGE_EVENT.delivered
    const rest = { channelId: conversationId, status: codec.wireStatus(status), userId: reader.id }
    for (const messageId of messageIds) {
      this.#with.rooms.emit(userRoom(authorId), name, [{ messageId, ...rest }])
    }
  }

  /** Before the next broadcast the sockets of who left are out of the room. */
  #left(topicUserId: string | null, event: Extract<CoreEvent, { type: 'channel.left' }>): void {
    const { channelId, userId, reason } = event
    for (const session of this.#with.sessionsOf(userId)) {
      session.removals += 1
      this.#with.entrance.leave(session, channelId)
    }
    if (topicUserId !== null) {
      this.#with.rooms.emit(userRoom(topicUserId), 'channel:removed', [{ channelId, reason }])
    }
  }

  /** An inbox shows every channel of its user, also those that come later. */
  #enterInboxes(userId: string, channelId: string): void {
    const { sessionsOf, entrance, core } = this.#with
    for (const session of sessionsOf(userId)) {
      if (!session.inbox || session.entered.has(channelId)) continue
      entrance.enter(session, channelId, { join: false }).catch((error: unknown) => {
        if (!isRefusal(error)) core.observer.error('inbox channel not entered', error, { channelId })
      })
    }
  }
}
