import type { Environment } from './environment.ts'
import type { LiveConversation } from './live-conversation.ts'
import type { SocketPort } from './socket-port.ts'

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
  /** Up to where the server has acknowledged it. */
  readonly #told = new Map<string, { delivered: number; read: number }>()
  #cancel: (() => void) | null = null

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
  }

  /** Something may have to be said of it. */
  consider(conversation: LiveConversation): void {
    this.#due.add(conversation)
    this.#cancel ??= this.#with.environment.after(BATCH, () => {
      this.#cancel = null
      this.#flush()
    })
  }

  close(): void {
    this.#cancel?.()
    this.#due.clear()
  }

  #flush(): void {
    const due = [...this.#due]
    this.#due.clear()
    for (const conversation of due) void this.#tell(conversation)
  }

  async #tell(conversation: LiveConversation): Promise<void> {
    const { socket, isVisible } = this.#with
    const { channel, timeline, id } = conversation
    if (channel === null || channel.role === null) return
    if (conversation.isFocused && isVisible()) conversation.readUpTo(timeline.head)
    const newest = conversation.newestOfOthers
    if (newest === null || !socket.isConnected()) return
    const { readSeq } = conversation.channel ?? channel
    const told = this.#told.get(id) ?? { delivered: channel.deliveredSeq, read: 0 }
    const isRead = newest.seq <= readSeq
    if (isRead ? told.read >= newest.seq : told.delivered >= newest.seq) return
    try {
      const receipt = { messageId: newest.id }
      if (isRead) await socket.request('message:read', receipt)
      else await socket.request('message:delivered', receipt)
      this.#told.set(id, {
        delivered: Math.max(told.delivered, newest.seq),
        read: isRead ? Math.max(told.read, newest.seq) : told.read,
      })
      conversation.deliveredUpTo(newest.seq)
    } catch {
      // Said again when the connection is back, or with the next message.
    }
  }
}
