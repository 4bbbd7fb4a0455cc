import { type AnnouncedHead, type ConversationInfo, type ExpectedRoles, MAX_LOGGED } from '@parley/core'
import {
  type Channel,
  type ChannelRole,
  type ConversationKind,
  type Cursors,
  directKey,
  type Message,
} from '@parley/model'

export interface MemoryMessage {
  message: Message
  /** What was first sent, to compare a repeated client id with. */
  readonly first: Message
  /** Commit order over all conversations. */
  readonly ord: number
  /** Who has each emoji, oldest first. */
  reactions: ReadonlyMap<string, readonly string[]>
  mentions: ReadonlySet<string>
}

export interface MemoryMember {
  role: ChannelRole
  cursors: Cursors
  readonly joinedAt: number
}

export interface MemoryConversation {
  readonly id: string
  readonly kind: ConversationKind
  /** The two of a direct conversation. */
  readonly pair: readonly [string, string] | null
  name: string | null
  isPrivate: boolean
  rev: number
  /** Commit order of its newest message, or of its making. */
  activity: number
  readonly createdAt: number
  archivedAt: number | null
  /** By position. */
  readonly messages: MemoryMessage[]
  /** In the order in which they joined. */
  readonly members: Map<string, MemoryMember>
  /** How far those came who are members no more. */
  readonly left: Map<string, Cursors>
}

/** Where a message is. */
export interface Located {
  readonly conversation: MemoryConversation
  readonly entry: MemoryMessage
}

export const NO_CURSORS: Cursors = { deliveredSeq: 0, readSeq: 0 }

/** The conversations of a `MemoryStore` with their messages. */
export class MemoryConversations {
  readonly #byId = new Map<string, MemoryConversation>()
  readonly #byPair = new Map<string, MemoryConversation>()
  readonly #messages = new Map<string, Located>()
  readonly #byClientId = new Map<string, Located>()
  #ord = 0

  get all(): readonly MemoryConversation[] {
    return [...this.#byId.values()]
  }

  /** The number of the newest message. */
  get logEnd(): number {
    return Math.max(0, ...this.all.map(({ messages }) => messages.at(-1)?.ord ?? 0))
  }

  /** The conversations of the messages with these numbers. */
  logged({ after, until }: { after: number; until: number }): readonly AnnouncedHead[] {
    const low = Math.max(after, until - MAX_LOGGED)
    return this.all.flatMap(({ id, pair, messages }) => {
      const found = messages.filter(({ ord }) => ord > low && ord <= until).map(({ message }) => message)
      if (found.length === 0) return []
      const revs = found.map(({ rev }) => rev)
      const range = { from: Math.min(...revs), rev: Math.max(...revs), seqFrom: found[0]!.seq }
      return [{ conversationId: id, members: pair, ...range }]
    })
  }

  find(id: string): MemoryConversation | undefined {
    return this.#byId.get(id)
  }

  direct(a: string, b: string): MemoryConversation | undefined {
    return this.#byPair.get(directKey(a, b))
  }

  /** A channel; a direct conversation is none. */
  channel(id: string): MemoryConversation | undefined {
    const found = this.#byId.get(id)
    return found?.kind === 'channel' ? found : undefined
  }

  of(userId: string): readonly MemoryConversation[] {
    return this.all.filter(({ members }) => members.has(userId))
  }

  newestFirst(userId: string): readonly MemoryConversation[] {
    return [...this.of(userId)].sort((a, b) => b.activity - a.activity)
  }

  open(made: {
    id: string
    pair: readonly [string, string] | null
    name: string | null
    isPrivate: boolean
    at: number
  }): MemoryConversation {
    const { id, pair, name, isPrivate, at } = made
    const conversation: MemoryConversation = {
      ...{ id, kind: pair === null ? 'channel' : 'direct', pair, name, isPrivate, rev: 0 },
      ...{ activity: this.#nextOrd(), createdAt: at, archivedAt: null },
      ...{ messages: [], members: new Map(), left: new Map() },
    }
    this.#byId.set(id, conversation)
    if (pair !== null) {
      this.#byPair.set(directKey(...pair), conversation)
      for (const userId of pair) join(conversation, userId, 'member', at)
    }
    return conversation
  }

  message(id: string): Located | undefined {
    return this.#messages.get(id)
  }

  byClientId(senderId: string, clientMessageId: string | null): Located | undefined {
    return clientMessageId === null ? undefined : this.#byClientId.get(`${senderId} ${clientMessageId}`)
  }

  /** Puts a message at the next position. */
  append(
    conversation: MemoryConversation,
    sent: Omit<Message, 'conversationId' | 'seq' | 'rev' | 'editedAt' | 'deletedAt'>,
    mentions: ReadonlySet<string>,
  ): Message {
    conversation.rev += 1
    conversation.activity = this.#nextOrd()
    const message: Message = {
      ...sent,
      conversationId: conversation.id,
      seq: conversation.messages.length + 1,
      rev: conversation.rev,
      editedAt: null,
      deletedAt: null,
    }
    const entry = { message, first: message, ord: conversation.activity, reactions: new Map(), mentions }
    conversation.messages.push(entry)
    this.#messages.set(message.id, { conversation, entry })
    if (sent.clientMessageId !== null) {
      this.#byClientId.set(`${sent.senderId} ${sent.clientMessageId}`, { conversation, entry })
    }
    return message
  }

  #nextOrd(): number {
    this.#ord += 1
    return this.#ord
  }
}

/** Makes somebody a member. Who was one before goes on where they were; to anybody else everything is unread. */
export function join(conversation: MemoryConversation, userId: string, role: ChannelRole, at: number): void {
  const cursors = conversation.left.get(userId) ?? NO_CURSORS
  conversation.left.delete(userId)
  conversation.members.set(userId, { role, cursors, joinedAt: at })
}

/** Ends a membership. */
export function leave({ members, left }: MemoryConversation, userId: string): void {
  left.set(userId, members.get(userId)!.cursors)
  members.delete(userId)
}

export const isAsExpected = ({ members }: MemoryConversation, expected: ExpectedRoles): boolean =>
  expected.every(({ userId, role }) => (members.get(userId)?.role ?? null) === role)

/** Those of `named` who get a mention of what `senderId` says. */
export const mentionedOf = (
  { members }: MemoryConversation,
  named: readonly string[],
  senderId: string,
): ReadonlySet<string> => new Set(named.filter((id) => members.has(id) && id !== senderId))

/** The furthest that anybody came, members no more too, but for `except`. */
export function progressOf({ members, left }: MemoryConversation, except: readonly string[]): Cursors {
  const others = [...[...members].map(([id, { cursors }]) => [id, cursors] as const), ...left]
  const cursors = others.filter(([id]) => !except.includes(id)).map(([, one]) => one)
  return {
    deliveredSeq: cursors.reduce((most, { deliveredSeq }) => Math.max(most, deliveredSeq), 0),
    readSeq: cursors.reduce((most, { readSeq }) => Math.max(most, readSeq), 0),
  }
}

/** Two users in an order that is the same whoever begins. */
export const pairOf = (a: string, b: string): readonly [string, string] => (a < b ? [a, b] : [b, a])

/** The other one of a direct conversation; null in a channel. */
export const peerOf = ({ pair }: MemoryConversation, userId: string): string | null =>
  pair === null ? null : pair[0] === userId ? pair[1] : pair[0]

export const infoOf = ({ id, kind, pair }: MemoryConversation): ConversationInfo => ({
  id,
  kind,
  members: pair,
})

export const channelOf = (conversation: MemoryConversation): Channel => ({
  id: conversation.id,
  kind: conversation.kind,
  name: conversation.name,
  isPrivate: conversation.isPrivate,
  memberCount: conversation.members.size,
  seq: conversation.messages.length,
  rev: conversation.rev,
  createdAt: conversation.createdAt,
  archivedAt: conversation.archivedAt,
})
