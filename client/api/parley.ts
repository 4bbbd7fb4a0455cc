import type { Calls } from './call.ts'
import type { ConnectionStatus } from './connection.ts'
import type { Conversation, ConversationList } from './conversation.ts'
import type { Message } from './message.ts'
import type { Observable } from './observable.ts'
import type { Presence } from './presence.ts'
import type { Rest } from './rest.ts'
import type { Room } from './room.ts'
import type { ClientStorage } from './storage.ts'

export interface Me {
  readonly id: string
  readonly username: string
  readonly avatar: string | null
}

export interface ParleyOptions {
  /** Where the server is: `https://chat.example.org`. */
  readonly url: string
  /** A token that the server, or whoever has its secret, made. */
  readonly token?: string
  /**
   * Asked for a token before the first connection, before one expires, and after one was refused. Rejecting with a
   * `ParleyError` whose `canRetry` is false (`UNAUTHENTICATED`) ends the tries.
   */
  readonly getToken?: () => Promise<string>
  /** Who that is. Without it, it is read from the token, so nothing can be shown before there is one. */
  readonly user?: Me
  /** Default: IndexedDB where there is one, else memory. */
  readonly storage?: ClientStorage
  /** `false`: does not connect before `connect()`. Default true. */
  readonly autoConnect?: boolean
}

/** Something that a person may want to be told of. */
export interface ParleyEvents {
  /** A message of somebody else came (never one that was read before, never history). `isMention`: it names oneself. */
  readonly message: { readonly message: Message; readonly isMention: boolean }
  /** A conversation is one's own no longer. */
  readonly removed: { readonly conversationId: string; readonly reason: 'left' | 'removed' }
}

/** A client of one server as one user: one Socket.IO connection, however many conversations are shown. */
export interface Parley {
  readonly url: string
  /** Null until it is known. */
  readonly me: Observable<Me | null>
  readonly connection: Observable<ConnectionStatus>
  /** Messages that wait to be stored (not the failed ones). */
  readonly waiting: Observable<number>
  readonly conversations: Observable<ConversationList>
  /** Sums over all conversations. */
  readonly unread: Observable<{ readonly messages: number; readonly mentions: number }>

  conversation(id: string): Conversation
  /** The direct conversation with a user; made when there is none yet. */
  openDirect(userId: string): Promise<Conversation>
  /** Becomes a member of a public channel. */
  joinChannel(channelId: string): Promise<Conversation>
  /** Subscribed for as long as somebody listens. */
  presence(userId: string): Observable<Presence>
  /** The whisper room of a code. */
  room(code: string): Room
  readonly calls: Calls
  readonly rest: Rest

  on<E extends keyof ParleyEvents>(event: E, listener: (event: ParleyEvents[E]) => void): () => void

  /** Does somebody look at it? While not, nothing is read. Browsers are followed by themselves; elsewhere it is true. */
  setVisible(isVisible: boolean): void
  connect(): void
  /** Ends the connection; what waits is kept and sent by the next client of this user. */
  disconnect(): void
  /** As `disconnect`, and nothing here works any more. With `forget` nothing of the user is left on this device. */
  close(options?: { readonly forget?: boolean }): Promise<void>
}
