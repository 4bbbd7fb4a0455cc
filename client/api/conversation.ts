import type { MemberJson } from '@parley/dialect-rest'
import type { Message, MessageList, Sending, SendOptions } from './message.ts'
import type { Observable } from './observable.ts'

export type ConversationRole = 'owner' | 'moderator' | 'member'

/** A direct conversation or a channel, as a list of them shows it. Immutable. */
export interface ConversationSummary {
  readonly id: string
  readonly kind: 'direct' | 'channel'
  /** Of a direct conversation: the other one's name. */
  readonly name: string
  readonly isPrivate: boolean
  /** One's own; null: not a member (a public channel that is looked at). */
  readonly role: ConversationRole | null
  readonly memberCount: number
  /** The other one of a direct conversation. */
  readonly peer: { readonly id: string; readonly username: string; readonly avatar: string | null } | null
  /** ISO 8601 since when nothing can be written; null: in use. */
  readonly archivedAt: string | null
  /** Position of the newest message; 0: none. */
  readonly seq: number
  /** Up to here one has read. */
  readonly readSeq: number
  /** Messages by others after `readSeq`. */
  readonly unreadCount: number
  /** Those of them that name oneself. */
  readonly mentionCount: number
  /** Higher: newer activity. For order only. */
  readonly activity: number
}

export interface ConversationList {
  /** `loading` until the server or what was kept told them. */
  readonly state: 'loading' | 'ready'
  /** Newest activity first. */
  readonly items: readonly ConversationSummary[]
}

/** How far a member came. `deliveredAt` and `readAt`: epoch ms at which it was heard here; null: before that. */
export interface MemberProgress {
  readonly deliveredSeq: number
  readonly readSeq: number
  readonly deliveredAt: number | null
  readonly readAt: number | null
}

export interface Typist {
  readonly userId: string
  readonly name: string
}

/** One direct conversation or channel. The same object for the same id. */
export interface Conversation {
  readonly id: string
  /** Null: not known yet, or not one's own. */
  readonly summary: Observable<ConversationSummary | null>
  /** Loads the newest page once somebody subscribes. */
  readonly messages: Observable<MessageList>
  /** Others who type now. */
  readonly typing: Observable<readonly Typist[]>
  /** How far the other members came, by user id, as far as it is known here. */
  readonly progress: Observable<ReadonlyMap<string, MemberProgress>>

  /** Loads the page before. Resolves when it is in `messages`; does nothing while one is under way or none is left. */
  loadOlder(): Promise<void>
  /** Loads back until the message with this id or position is in the list. Resolves to its key; null: there is none. */
  loadUntil(target: { readonly id: string } | { readonly seq: number }): Promise<string | null>

  /** Keeps the message in the outbox, then sends it, over breaks and reloads, once. Throws for empty and too long text. */
  send(content: string, options?: SendOptions): Sending
  /** Tries a failed message again. */
  retry(key: string): void
  /** Gives a message that is not stored up. Answers with its text; null: there is no such message. */
  discard(key: string): string | null
  /** These three need a connection; they reject with `OFFLINE` without one. */
  edit(messageId: string, content: string): Promise<void>
  remove(messageId: string): Promise<void>
  react(messageId: string, emoji: string, on: boolean): Promise<void>

  /** To be called for every key that is typed: typing is told after 300 ms, and ends 1 s after the last one. */
  keystroke(): void
  /** The text was sent or taken back. */
  stopTyping(): void

  /** Everything that is there has been read. */
  markRead(): void
  /** While held (and `parley.setVisible` says that somebody looks), what comes is read. The answer ends it. */
  focus(): () => void

  /** A page of members with their cursors. */
  members(
    cursor?: string,
  ): Promise<{ readonly members: readonly MemberJson[]; readonly nextCursor: string | null }>
}

/** Messages of a thread in a list: the first one, then the answers. */
export const threadOf = (list: readonly Message[], parentId: string): readonly Message[] =>
  list.filter(({ id, parentId: parent }) => id === parentId || parent === parentId)
