import { randomUUID } from 'node:crypto'
import {
  type AdvanceReceipt,
  type AppendDirect,
  type AppendOutcome,
  type DirectoryUser,
  type DirectSummary,
  MAX_BATCH,
  type MessageView,
  type OutcomeOf,
  type Page,
  type ReceiptOutcome,
  type Store,
  type WriteOp,
  type WriteOutcome,
} from '@parley/core'
import { type Cursors, directKey, Fault, type Message } from '@parley/model'

interface Conversation {
  readonly id: string
  readonly key: string
  readonly messages: { readonly message: Message; readonly ord: number }[]
  readonly cursors: Map<string, Cursors>
}

const clamp = (limit: number, max: number): number => Math.min(max, Math.max(1, Math.floor(limit) || 1))

const sortKey = (user: DirectoryUser): string => user.username.toLowerCase()

const wordsOf = (text: string): string[] =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}\p{Co}]+/gu) ?? []

const newest = <T extends { readonly seq: number }>(passed: readonly T[]): T[] => passed.slice(-100)

/** The store's promises in the plainest code that keeps them, but for durability: for tests, and to compare with. */
export class MemoryStore implements Store {
  readonly lanes = 1
  readonly #users = new Map<string, DirectoryUser>()
  readonly #lastSeen = new Map<string, number>()
  readonly #conversations = new Map<string, Conversation>()
  readonly #epoch = randomUUID()
  #ord = 0
  #isAway = false

  readonly directory = {
    find: async (id: string) => this.#user(id),
    findMany: async (ids: readonly string[]) =>
      [...new Set(ids)].map((id) => this.#user(id)).filter((user) => user !== null),
    findByName: async (username: string) => {
      const found = [...this.#users.values()].find((user) => sortKey(user) === username.toLowerCase())
      return this.#user(found?.id ?? '')
    },
    list: async (query: { search?: string; after?: string; limit: number }) => {
      const prefix = query.search?.toLowerCase() ?? ''
      const after = query.after?.toLowerCase() ?? ''
      const users = [...this.#users.keys()]
        .map((id) => this.#user(id)!)
        .filter((user) => !user.disabled && user.role !== 'guest' && sortKey(user).startsWith(prefix))
        .filter((user) => sortKey(user) > after)
        .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
      return this.#page(users, clamp(query.limit, 100), (user) => user.username)
    },
  }

  /** Adds an account, as the accounts component would. */
  addUser(user: DirectoryUser): void {
    this.#users.set(user.id, user)
  }

  /** Makes every method fail as a store does that cannot be reached, or ends that. */
  setAway(isAway: boolean): void {
    this.#isAway = isAway
  }

  async commit<const Ops extends readonly WriteOp[]>(
    ops: Ops,
  ): Promise<{ readonly [K in keyof Ops]: OutcomeOf<Ops[K]> }> {
    this.#answer()
    if (ops.length > MAX_BATCH) throw new Fault('INVALID', `A batch holds at most ${MAX_BATCH} operations.`)
    return ops.map((op) => this.#apply(op)) as unknown as {
      readonly [K in keyof Ops]: OutcomeOf<Ops[K]>
    }
  }

  async directHistory(query: { userId: string; peerId: string; before?: number; limit: number }) {
    this.#answer()
    const { before = Number.POSITIVE_INFINITY } = query
    const found = this.#conversations.get(directKey(query.userId, query.peerId))
    const views = (found?.messages ?? [])
      .filter(({ message }) => message.seq < before)
      .map(({ message }) => this.#view(found!, message))
    return this.#page(views.reverse(), clamp(query.limit, 100), (view) => view.message.seq)
  }

  async directConversations(query: { userId: string; after?: string; limit: number }) {
    this.#answer()
    const after = this.#cursor(query.after)
    const summaries = this.#newestFirst(query.userId)
      .map((conversation) => ({ ord: conversation.messages.at(-1)!.ord, conversation }))
      .filter(({ ord, conversation }) => ord < after && this.#user(this.#peer(conversation, query.userId)))
    const page = this.#page(summaries, clamp(query.limit, 100), ({ ord }) => String(ord))
    return {
      items: page.items.map(({ conversation }) => this.#summary(conversation, query.userId)),
      next: page.next,
    }
  }

  async waiting(query: { userId: string; limit: number }): Promise<readonly MessageView[]> {
    this.#answer()
    return this.#of(query.userId)
      .flatMap((conversation) => conversation.messages.map((entry) => ({ ...entry, conversation })))
      .filter(({ message, conversation }) => {
        const { deliveredSeq } = conversation.cursors.get(query.userId)!
        return message.senderId !== query.userId && message.seq > deliveredSeq && message.deletedAt === null
      })
      .sort((a, b) => a.ord - b.ord)
      .slice(0, clamp(query.limit, 500))
      .map(({ message, conversation }) => this.#view(conversation, message))
  }

  async contacts(query: { userId: string; limit: number }): Promise<readonly string[]> {
    this.#answer()
    return this.#newestFirst(query.userId)
      .map((conversation) => this.#peer(conversation, query.userId))
      .slice(0, clamp(query.limit, 1_000))
  }

  async search(query: { userId: string; text: string; after?: string; limit: number }) {
    this.#answer()
    const after = this.#cursor(query.after)
    const words = wordsOf(query.text)
    const last = words.pop()
    if (last === undefined) return { items: [], next: null }
    const hits = this.#of(query.userId)
      .flatMap((conversation) => conversation.messages.map((entry) => ({ ...entry, conversation })))
      .filter(({ message, ord }) => {
        const has = wordsOf(message.content)
        const isLastThere = has.some((word) => (last.length > 1 ? word.startsWith(last) : word === last))
        return ord < after && isLastThere && words.every((word) => has.includes(word))
      })
      .filter(({ message }) => message.deletedAt === null)
      .sort((a, b) => b.ord - a.ord)
    const page = this.#page(hits, clamp(query.limit, 100), ({ ord }) => String(ord))
    const views = page.items.map(({ message, conversation }) => this.#view(conversation, message))
    return { items: views, next: page.next }
  }

  async epoch(): Promise<string> {
    this.#answer()
    return this.#epoch
  }

  async ping(): Promise<void> {
    this.#answer()
  }

  async close(): Promise<void> {
    this.#isAway = true
  }

  #answer(): void {
    if (this.#isAway)
      throw new Fault('UNAVAILABLE', 'The message store is not available. Try again in a moment.')
  }

  #apply(op: WriteOp): WriteOutcome {
    switch (op.kind) {
      case 'append-direct':
        return this.#append(op)
      case 'advance-receipt':
        return this.#advance(op)
      case 'touch-last-seen':
        this.#lastSeen.set(op.userId, Math.max(op.at, this.#lastSeen.get(op.userId) ?? 0))
        return { kind: 'done' }
    }
  }

  #append(op: AppendDirect): AppendOutcome {
    const key = directKey(op.senderId, op.receiverId)
    const known = this.#conversations.get(key)
    for (const conversation of this.#conversations.values()) {
      for (const { message } of conversation.messages) {
        if (op.clientMessageId === null || message.senderId !== op.senderId) continue
        if (message.clientMessageId !== op.clientMessageId) continue
        const isSame =
          conversation === known &&
          message.content === op.content &&
          message.type === op.type &&
          message.parentId === op.parentId
        return isSame ? { kind: 'repeated', message } : { kind: 'client-id-reused' }
      }
    }
    if (op.parentId !== null && !known?.messages.some(({ message }) => message.id === op.parentId)) {
      return { kind: 'parent-not-found' }
    }
    const conversation = known ?? this.#open(op, key)
    const seq = conversation.messages.length + 1
    const { messageId: id, senderId, type, content, clientMessageId, parentId, createdAt } = op
    const message: Message = {
      ...{ id, conversationId: conversation.id, seq, rev: seq, senderId, type, content },
      ...{ clientMessageId, parentId, createdAt, editedAt: null, deletedAt: null },
    }
    this.#ord += 1
    conversation.messages.push({ message, ord: this.#ord })
    return { kind: 'appended', message }
  }

  #open(op: AppendDirect, key: string): Conversation {
    const none: Cursors = { deliveredSeq: 0, readSeq: 0 }
    const cursors = new Map([
      [op.senderId, none],
      [op.receiverId, none],
    ])
    const conversation: Conversation = { id: op.newConversationId, key, messages: [], cursors }
    this.#conversations.set(key, conversation)
    return conversation
  }

  #advance({ readerId, conversation: where, status, upTo }: AdvanceReceipt): ReceiptOutcome {
    const found =
      'id' in where
        ? [...this.#conversations.values()].find(({ id }) => id === where.id)
        : this.#conversations.get(directKey(readerId, where.directWith))
    const before = found?.cursors.get(readerId)
    if (found === undefined || before === undefined) return { kind: 'unmoved' }
    const target = Math.min(upTo === 'head' ? Number.POSITIVE_INFINITY : upTo, found.messages.length)
    const deliveredSeq = Math.max(before.deliveredSeq, target)
    const readSeq = status === 'read' ? Math.max(before.readSeq, target) : before.readSeq
    if (deliveredSeq === before.deliveredSeq && readSeq === before.readSeq) return { kind: 'unmoved' }
    const cursors = { deliveredSeq, readSeq }
    found.cursors.set(readerId, cursors)
    const passed = (from: number, to: number) =>
      found.messages
        .map(({ message: { id: messageId, senderId, seq } }) => ({ messageId, senderId, seq }))
        .filter(({ senderId, seq }) => senderId !== readerId && seq > from && seq <= to)
    const read = passed(before.readSeq, readSeq)
    const delivered = newest(passed(before.deliveredSeq, deliveredSeq))
    const outcome = {
      conversationId: found.id,
      cursors,
      delivered,
      read: newest(read),
      readCount: read.length,
    }
    return { kind: 'advanced', ...outcome }
  }

  #user(id: string): DirectoryUser | null {
    this.#answer()
    const user = this.#users.get(id)
    return user === undefined ? null : { ...user, lastSeen: this.#lastSeen.get(id) ?? user.lastSeen }
  }

  #of(userId: string): Conversation[] {
    return [...this.#conversations.values()].filter(({ cursors }) => cursors.has(userId))
  }

  #newestFirst(userId: string): Conversation[] {
    return this.#of(userId).sort((a, b) => b.messages.at(-1)!.ord - a.messages.at(-1)!.ord)
  }

  #peer({ cursors }: Conversation, userId: string): string {
    return [...cursors.keys()].find((id) => id !== userId)!
  }

  #view(conversation: Conversation, message: Message): MessageView {
    const receiverId = this.#peer(conversation, message.senderId)
    const { deliveredSeq, readSeq } = conversation.cursors.get(receiverId)!
    const isDelivered = message.seq <= deliveredSeq
    const sender = this.#user(message.senderId)
    return {
      message,
      sender: {
        id: message.senderId,
        username: sender?.username ?? 'Deleted account',
        avatar: sender?.avatar ?? null,
      },
      status: message.seq <= readSeq ? 'read' : isDelivered ? 'delivered' : 'sent',
      receiverId,
    }
  }

  #summary(conversation: Conversation, userId: string): DirectSummary {
    const { readSeq } = conversation.cursors.get(userId)!
    const others = conversation.messages.filter(({ message }) => message.senderId !== userId)
    return {
      conversationId: conversation.id,
      kind: 'direct',
      peer: this.#user(this.#peer(conversation, userId))!,
      last: this.#view(conversation, conversation.messages.at(-1)!.message),
      unreadCount: others.filter(({ message }) => message.seq > readSeq).length,
    }
  }

  #cursor(after: string | undefined): number {
    if (after === undefined) return Number.POSITIVE_INFINITY
    if (!/^\d{1,15}$/.test(after)) throw new Fault('INVALID', 'The cursor is not one that a page answered.')
    return Number(after)
  }

  #page<T, C>(all: readonly T[], limit: number, cursorOf: (last: T) => C): Page<T, C> {
    const items = all.slice(0, limit)
    const last = items.at(-1)
    return { items, next: all.length > limit && last !== undefined ? cursorOf(last) : null }
  }
}
