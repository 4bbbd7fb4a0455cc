import { LRUCache } from 'lru-cache'
import type { MaybePromise } from './maybe-promise.ts'
import type { ChannelReads, ConversationInfo } from './ports/channel-reads.ts'

/** Conversations remembered; about 300 bytes each. What is remembered never changes. */
const MAX_CONVERSATIONS = 50_000

/** What never changes of conversations, in front of the store. */
export class ConversationCache {
  readonly #reads: ChannelReads
  readonly #byId = new LRUCache<string, ConversationInfo>({ max: MAX_CONVERSATIONS })

  constructor(reads: ChannelReads) {
    this.#reads = reads
  }

  /** At once when remembered. Null: there is no such conversation, which is asked again every time. */
  find(id: string): MaybePromise<ConversationInfo | null> {
    return this.#byId.get(id) ?? this.#load(id)
  }

  async #load(id: string): Promise<ConversationInfo | null> {
    const info = await this.#reads.conversation(id)
    if (info !== null) this.#byId.set(id, info)
    return info
  }
}

/** The other one of a direct conversation; null when it is a channel, or the user is neither of the two. */
export const peerIn = ({ members }: ConversationInfo, userId: string): string | null => {
  if (members === null) return null
  const [a, b] = members
  return a === userId ? b : b === userId ? a : null
}
