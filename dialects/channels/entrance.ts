import { type Core, type DialectSink, peerIn } from '@parley/core'
import { Fault, MAX_CHANNELS_PER_USER } from '@parley/model'
import type { ChannelsSession } from './session.ts'

export const channelRoom = (channelId: string): string => `channel:${channelId}`

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
    const { channels, conversations, hub } = this.#core
    if (!session.entered.has(channelId) && session.entered.size >= MAX_CHANNELS_PER_USER) {
      throw new Fault('LIMIT_REACHED', 'This connection shows too many channels. Leave one first.')
    }
    while (!session.entered.has(channelId) && session.socket.isOpen) {
      const { removals } = session
      if (join) await channels.join(session.sender, channelId)
      else await channels.requireMember(session.sender.id, channelId)
      const info = await conversations.find(channelId)
      if (info === null) return
      const isChannel = info.members === null
      if (isChannel) await hub.retain(`conversation:${channelId}`, this.#sink)
      // A membership that ended meanwhile may have been this one: ask again.
      if (session.removals === removals && session.socket.isOpen && !session.entered.has(channelId)) {
        this.#add(session, channelId, peerIn(info, session.sender.id))
        return
      }
      if (isChannel) hub.release(`conversation:${channelId}`, this.#sink)
    }
  }

  /** The socket shows the channel no longer; whoever typed there stops. */
  leave(session: ChannelsSession, channelId: string): void {
    const entry = session.entered.get(channelId)
    if (entry === undefined) return
    const { sender, socket } = session
    session.entered.delete(channelId)
    socket.leave(channelRoom(channelId))
    if (entry.peerId === null) {
      this.#core.typing.stop(sender, { channelId })
      this.#core.hub.release(`conversation:${channelId}`, this.#sink)
    } else {
      session.directs.delete(entry.peerId)
      this.#core.typing.stop(sender, { directWith: entry.peerId })
    }
  }

  leaveAll(session: ChannelsSession): void {
    for (const channelId of [...session.entered.keys()]) this.leave(session, channelId)
  }

  #add(session: ChannelsSession, channelId: string, peerId: string | null): void {
    session.entered.set(channelId, { peerId })
    if (peerId !== null) session.directs.set(peerId, channelId)
    session.socket.join(channelRoom(channelId))
  }
}
