import { type ChannelView, type Core, type DialectSink, peerIn } from '@parley/core'
import { Fault } from '@parley/model'
import type { ChannelsSession } from './session.ts'

/** Most channels, direct ones included, that one socket shows. */
const MAX_ENTERED = 2_000

export const channelRoom = (channelId: string): string => `channel:${channelId}`

/** The channel is not for this socket: no member any more, or it shows too many already. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Fault && (error.code === 'NOT_A_MEMBER' || error.code === 'LIMIT_REACHED')

/** Lets sockets into the rooms of channels and out of them: a socket is in a room only while its user is a member. */
export class Entrance {
  readonly #core: Core
  readonly #sink: DialectSink

  constructor(core: Core, sink: DialectSink) {
    this.#core = core
    this.#sink = sink
  }

  /**
   * The socket shows the channel after this. `join`: becomes a member of a public channel on the way. Rejects with
   * `NOT_A_MEMBER`.
   */
  async enter(session: ChannelsSession, channelId: string, { join }: { join: boolean }): Promise<void> {
    const { channels, conversations } = this.#core
    if (!session.entered.has(channelId) && session.entered.size >= MAX_ENTERED) {
      throw new Fault('LIMIT_REACHED', 'This connection shows too many channels. Leave one first.')
    }
    while (!session.entered.has(channelId) && session.socket.isOpen) {
      const { removals } = session
      if (join) await channels.join(session.sender, channelId)
      else await channels.requireMember(session.sender.id, channelId)
      const info = await conversations.find(channelId)
      if (info === null) return
      if (await this.#addUnless(session, channelId, peerIn(info, session.sender.id), removals)) return
    }
  }

  /**
   * The same for a channel of the user's list, which was read when `removals` was the session's: asks again only when a
   * membership ended since.
   */
  async enterListed(
    session: ChannelsSession,
    { channel: { id, kind }, peer }: ChannelView,
    removals: number,
  ): Promise<void> {
    const peerId = kind === 'channel' ? null : peer?.id
    if (session.entered.size < MAX_ENTERED && peerId !== undefined) {
      if (await this.#addUnless(session, id, peerId, removals)) return
    }
    await this.enter(session, id, { join: false })
  }

  async #retain(channelId: string): Promise<void> {
    const { hub } = this.#core
    try {
      await hub.retain(`conversation:${channelId}`, this.#sink)
    } catch (error) {
      hub.release(`conversation:${channelId}`, this.#sink)
      throw error
    }
  }

  /** The socket shows the channel no longer; what it typed there ends. */
  leave(session: ChannelsSession, channelId: string): void {
    const entry = session.entered.get(channelId)
    if (entry === undefined) return
    this.stopTyping(session, channelId)
    session.entered.delete(channelId)
    session.socket.leave(channelRoom(channelId))
    if (entry.peerId === null) this.#core.hub.release(`conversation:${channelId}`, this.#sink)
    else session.directs.delete(entry.peerId)
  }

  /** Ends what the socket types in a channel that it shows. */
  stopTyping({ entered, sender, socket }: ChannelsSession, channelId: string): void {
    const entry = entered.get(channelId)
    if (entry === undefined) return
    const place = entry.peerId === null ? { channelId } : { directWith: entry.peerId }
    this.#core.typing.leave(sender, place, socket.id)
  }

  leaveAll(session: ChannelsSession): void {
    for (const channelId of [...session.entered.keys()]) this.leave(session, channelId)
  }

  /**
   * False: a membership ended since `removals`, which may have been this one, or the socket is gone, or shows the channel
   * already. `peerId` is null for a channel.
   */
  async #addUnless(
    session: ChannelsSession,
    channelId: string,
    peerId: string | null,
    removals: number,
  ): Promise<boolean> {
    if (peerId === null) await this.#retain(channelId)
    const { socket, entered, directs } = session
    if (session.removals !== removals || !socket.isOpen || entered.has(channelId)) {
      if (peerId === null) this.#core.hub.release(`conversation:${channelId}`, this.#sink)
      return false
    }
    entered.set(channelId, { peerId })
    if (peerId !== null) directs.set(peerId, channelId)
    socket.join(channelRoom(channelId))
    return true
  }
}
