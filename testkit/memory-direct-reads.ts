import type { DirectSummary, MessageView, Page, Store } from '@parley/core'
import { type MemoryConversations, peerOf } from './memory-conversations.ts'
import { clamp, cursorOf, mapPage, pageOf } from './memory-paging.ts'
import type { MemoryUsers } from './memory-users.ts'
import type { MemoryViews } from './memory-views.ts'

type QueryOf<M extends 'directHistory' | 'directConversations' | 'waiting' | 'contacts' | 'search'> =
  Parameters<Store[M]>[0]

const wordsOf = (text: string): string[] =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}\p{Co}]+/gu) ?? []

/** What is read of a user's own conversations in a `MemoryStore`. */
export class MemoryDirectReads {
  readonly #conversations: MemoryConversations
  readonly #users: MemoryUsers
  readonly #views: MemoryViews

  constructor(conversations: MemoryConversations, users: MemoryUsers, views: MemoryViews) {
    this.#conversations = conversations
    this.#users = users
    this.#views = views
  }

  directHistory(query: QueryOf<'directHistory'>): Page<MessageView, number> {
    const { before = Number.POSITIVE_INFINITY } = query
    const found = this.#conversations.direct(query.userId, query.peerId)
    const messages = (found?.messages ?? []).filter(({ message }) => message.seq < before).reverse()
    const page = pageOf(messages, clamp(query.limit, 100), ({ message }) => message.seq)
    return mapPage(page, (entry) => this.#views.message(found!, entry))
  }

  directConversations(query: QueryOf<'directConversations'>): Page<DirectSummary, string> {
    const after = cursorOf(query.after, Number.POSITIVE_INFINITY)
    const found = this.#conversations
      .newestFirst(query.userId)
      .filter(({ kind, messages, activity }) => kind === 'direct' && messages.length > 0 && activity < after)
      .filter((conversation) => this.#users.find(peerOf(conversation, query.userId)!))
    const page = pageOf(found, clamp(query.limit, 100), ({ activity }) => String(activity))
    return mapPage(page, (conversation) => this.#views.summary(conversation, query.userId))
  }

  waiting(query: QueryOf<'waiting'>): readonly MessageView[] {
    return this.#messagesOf(query.userId)
      .filter(({ conversation }) => conversation.kind === 'direct')
      .filter(({ conversation, entry: { message } }) => {
        const { deliveredSeq } = conversation.members.get(query.userId)!.cursors
        return message.senderId !== query.userId && message.seq > deliveredSeq && message.deletedAt === null
      })
      .sort((a, b) => a.entry.ord - b.entry.ord)
      .slice(0, clamp(query.limit, 500))
      .map(({ conversation, entry }) => this.#views.message(conversation, entry))
  }

  contacts(query: QueryOf<'contacts'>): readonly string[] {
    const own = this.#conversations.newestFirst(query.userId)
    const peers = own.map((conversation) => peerOf(conversation, query.userId)).filter((id) => id !== null)
    const members = own.flatMap((conversation) => [...conversation.members.keys()])
    const others = [...new Set([...peers, ...members])].filter((id) => id !== query.userId)
    return others.slice(0, clamp(query.limit, 1_000))
  }

  search(query: QueryOf<'search'>): Page<MessageView, string> {
    const after = cursorOf(query.after, Number.POSITIVE_INFINITY)
    const words = wordsOf(query.text)
    const last = words.pop()
    if (last === undefined) return { items: [], next: null }
    const hits = this.#messagesOf(query.userId)
      .filter(({ entry: { message, ord } }) => {
        const has = wordsOf(message.content)
        const isLastThere = has.some((word) => (last.length > 1 ? word.startsWith(last) : word === last))
        return ord < after && isLastThere && words.every((word) => has.includes(word))
      })
      .sort((a, b) => b.entry.ord - a.entry.ord)
    const page = pageOf(hits, clamp(query.limit, 100), ({ entry }) => String(entry.ord))
    return mapPage(page, ({ conversation, entry }) => this.#views.message(conversation, entry))
  }

  #messagesOf(userId: string) {
    return this.#conversations
      .of(userId)
      .flatMap((conversation) => conversation.messages.map((entry) => ({ conversation, entry })))
  }
}
