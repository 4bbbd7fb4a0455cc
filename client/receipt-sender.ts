import type { Environment } from './environment.ts'
import type { LiveConversation } from './live-conversation.ts'
import type { SocketPort } from './socket-port.ts'
import { Timer } from './timer.ts'

/** Receipts of so long go out as one (ms). A cursor says everything before it as well. */
const BATCH = 100

interface Dependencies {
  readonly socket: SocketPort
  readonly environment: Environment
  readonly isVisible: () => boolean
}

/**
 * Says by itself what came and what was read: delivered once it is here, read while somebody looks at the conversation. One
 * receipt a conversation and batch, for the newest; one that was lost is said again with the next connection.
 */
export class ReceiptSender {
  readonly #with: Dependencies
  readonly #due = new Set<LiveConversation>()
  readonly #timer: Timer

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
    this.#timer = new Timer(dependencies.environment, () => {
      const due = [...this.#due]
      this.#due.clear()
      for (const one of due) void this.#tell(one)
    })
  }

  /** Something may have to be said of it. */
  consider(conversation: LiveConversation): void {
    this.#due.add(conversation)
    this.#timer.set(BATCH)
  }

  close(): void {
    this.#timer.cancel()
    this.#due.clear()
  }

  async #tell(conversation: LiveConversation): Promise<void> {
    const { timeline, reading, channel } = conversation
    if (channel === null || channel.role === null) return
    if (conversation.isFocused && this.#with.isVisible()) conversation.readUpTo(timeline.head)
    // Who read it has it.
    await this.#say(conversation, 'read', reading.seq)
    await this.#say(conversation, 'delivered', timeline.head)
  }

  async #say(conversation: LiveConversation, status: 'delivered' | 'read', upTo: number): Promise<void> {
    const { socket } = this.#with
    const { timeline, reading } = conversation
    const { told } = reading
    if (!socket.isConnected() || upTo <= told[status]) return
    const newest = timeline.items.findLast(({ seq, userId }) => seq <= upTo && !conversation.isMe(userId))
    const before = told[status]
    // A receipt names a message of somebody else, and that has to be here.
    if (newest === undefined && status === 'read' && timeline.from > before + 1) void conversation.loadOlder()
    if (newest === undefined || newest.seq <= before) return
    told[status] = newest.seq
    if (status === 'read') told.delivered = Math.max(told.delivered, newest.seq)
    try {
      await socket.request(`message:${status}`, { messageId: newest.id })
    } catch {
      // Said again when the connection is back, or with the next message.
      told[status] = Math.min(told[status], before)
    }
  }
}
