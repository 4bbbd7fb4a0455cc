import type { ParleyErrorInfo } from './error.ts'

/** How far one's own message came. `sending` also while it waits for a connection. */
export type MessageStatus = 'sending' | 'sent' | 'delivered' | 'read' | 'failed'

export interface Reaction {
  readonly emoji: string
  readonly count: number
  /** Who reacted, oldest first, at most 20. */
  readonly userIds: readonly string[]
  readonly isOwn: boolean
}

/** A message as a list shows it: stored, or on its way from the outbox. Immutable; a change makes a new object. */
export interface Message {
  /** Never changes, also not when the message is stored: the client's own id for one's own messages, else `id`. */
  readonly key: string
  /** Null until it is stored. */
  readonly id: string | null
  readonly conversationId: string
  /** Position in its conversation, without gaps; null until it is stored. */
  readonly seq: number | null
  readonly author: { readonly id: string; readonly name: string; readonly avatar: string | null }
  readonly isOwn: boolean
  /** As it was typed; empty once deleted. */
  readonly source: string
  /** Markdown as sanitised HTML, from the server; null until it is stored. Sanitise it again before it goes into a page. */
  readonly contentHtml: string | null
  /** `text`, `image`, `file`, `audio`, `video` (content is a URL), `call` (a missed call). */
  readonly messageType: string
  /** The message that it answers, where it is part of a thread. */
  readonly parentId: string | null
  /** ISO 8601. Until it is stored: when it was written here. */
  readonly createdAt: string
  readonly editedAt: string | null
  readonly deletedAt: string | null
  /** One's own only; null for others'. */
  readonly status: MessageStatus | null
  /** Why it failed; null unless `status` is `failed`. */
  readonly failure: ParleyErrorInfo | null
  readonly reactions: readonly Reaction[]
}

export interface MessageList {
  /** Oldest first: what is stored by `seq` without a gap up to the newest, then what waits in the outbox. Threads included. */
  readonly items: readonly Message[]
  /** There is more before the first. */
  readonly hasOlder: boolean
  /** `loading` until the newest page is there. Offline, with nothing kept: `unavailable`. */
  readonly state: 'loading' | 'ready' | 'unavailable'
  readonly isLoadingOlder: boolean
}

/** What `send` takes besides the text. */
export interface SendOptions {
  /** Makes it part of the thread of that message. */
  readonly parentId?: string
  /** For retries by the app itself; made here when absent. */
  readonly clientMessageId?: string
}

/** A message on its way. */
export interface Sending {
  /** `Message.key` of the message in the list. */
  readonly key: string
  /** Resolves once the message is stored; rejects with a `ParleyError` when it was refused. Need not be handled. */
  readonly stored: Promise<Message>
}
