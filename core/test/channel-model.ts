import type { ChannelRole } from '@parley/model'

interface ModelMember {
  role: ChannelRole
  delivered: number
  read: number
}

interface ModelMessage {
  readonly id: string
  readonly author: string
  content: string
  rev: number
  isDeleted: boolean
  mentions: string[]
  /** Who has each emoji, oldest first. */
  readonly reactions: Map<string, string[]>
}

export interface ModelPlace {
  readonly id: string
  readonly kind: 'channel' | 'direct'
  isPrivate: boolean
  isArchived: boolean
  rev: number
  /** In the order in which they came. */
  readonly members: Map<string, ModelMember>
  /** How far those came who left. */
  readonly past: Map<string, ModelMember>
  readonly messages: ModelMessage[]
}

const RANK = { owner: 3, moderator: 2, member: 1 }

/** What channels should hold, in the plainest words. Every method answers whether it may be done, and does it then. */
export class ChannelModel {
  readonly #places = new Map<string, ModelPlace>()
  readonly #messages = new Map<string, { place: ModelPlace; index: number }>()
  /** What authors hear: `author reader status message`. */
  readonly receipts: string[] = []

  get places(): readonly ModelPlace[] {
    return [...this.#places.values()]
  }

  place(id: string): ModelPlace | undefined {
    return this.#places.get(id)
  }

  create(id: string, owner: string, others: readonly string[], isPrivate: boolean): void {
    const place = this.#open(id, 'channel', isPrivate)
    for (const user of [owner, ...others]) {
      if (!place.members.has(user)) join(place, user, user === owner ? 'owner' : 'member')
    }
  }

  direct(id: string, a: string, b: string): ModelPlace {
    const known = this.#places.get(id)
    if (known !== undefined) return known
    const place = this.#open(id, 'direct', true)
    for (const user of [a, b]) join(place, user, 'member')
    return place
  }

  join(place: ModelPlace | undefined, user: string): boolean {
    if (place === undefined) return false
    if (place.members.has(user)) return true
    if (place.isPrivate || place.isArchived) return false
    join(place, user, 'member')
    return true
  }

  invite(place: ModelPlace | undefined, actor: string, user: string): boolean {
    const role = place?.members.get(actor)?.role
    if (place === undefined || role === undefined || user === actor || place.isArchived) return false
    if (place.isPrivate && role === 'member') return false
    if (!place.members.has(user)) join(place, user, 'member')
    return true
  }

  remove(place: ModelPlace | undefined, actor: string, user: string): boolean {
    const own = place?.members.get(actor)
    const member = place?.members.get(user)
    if (place === undefined || own === undefined || member === undefined) return false
    if (user !== actor && (own.role === 'member' || RANK[own.role] <= RANK[member.role])) return false
    place.members.delete(user)
    place.past.set(user, member)
    for (const message of place.messages) message.mentions = message.mentions.filter((id) => id !== user)
    const rest = [...place.members.values()]
    if (rest.length === 0) place.isArchived = true
    else if (member.role === 'owner') {
      const heir = rest.find(({ role }) => role === 'moderator') ?? rest[0]!
      heir.role = 'owner'
    }
    return true
  }

  setRole(place: ModelPlace | undefined, actor: string, user: string, role: ChannelRole): boolean {
    const own = place?.members.get(actor)
    const member = place?.members.get(user)
    if (own?.role !== 'owner' || member === undefined) return false
    if (member.role === 'owner' && role !== 'owner') return false
    if (role === 'owner') own.role = 'moderator'
    member.role = role
    return true
  }

  update(
    place: ModelPlace | undefined,
    actor: string,
    { archived, isPrivate }: { archived?: boolean; isPrivate?: boolean },
  ): boolean {
    if (place === undefined || place.members.get(actor)?.role !== 'owner') return false
    place.isArchived = archived ?? place.isArchived
    place.isPrivate = isPrivate ?? place.isPrivate
    return true
  }

  maySend(place: ModelPlace | undefined, user: string): boolean {
    return place?.members.has(user) === true && !place.isArchived
  }

  append(place: ModelPlace, id: string, author: string, content: string, named: readonly string[]): void {
    place.rev += 1
    const mentions = named.filter((user) => user !== author && place.members.has(user))
    const message = { id, author, content, rev: place.rev, isDeleted: false, mentions, reactions: new Map() }
    place.messages.push(message)
    this.#messages.set(id, { place, index: place.messages.length - 1 })
  }

  edit(id: string, user: string, content: string, named: readonly string[]): boolean {
    const found = this.#changeable(id, user)
    if (found === null || found.message.author !== user) return false
    const { place, message } = found
    const mentions = named.filter((one) => one !== user && place.members.has(one))
    message.content = content
    message.mentions = place.kind === 'direct' ? [] : mentions
    touch(place, message)
    return true
  }

  delete(id: string, user: string): boolean {
    const found = this.#changeable(id, user)
    if (found === null) return false
    const { place, message } = found
    if (message.author !== user && place.members.get(user)?.role === 'member') return false
    Object.assign(message, { content: '', isDeleted: true, mentions: [] })
    message.reactions.clear()
    touch(place, message)
    return true
  }

  react(id: string, user: string, emoji: string, on: boolean): boolean {
    const found = this.#changeable(id, user)
    if (found === null) return false
    const { place, message } = found
    const had = message.reactions.get(emoji) ?? []
    if (had.includes(user) === on) return true
    const has = on ? [...had, user] : had.filter((one) => one !== user)
    if (has.length > 0) message.reactions.set(emoji, has)
    else message.reactions.delete(emoji)
    touch(place, message)
    return true
  }

  receipt(id: string, user: string, status: 'delivered' | 'read'): boolean {
    const found = this.#messages.get(id)
    const member = found?.place.members.get(user)
    if (found === undefined || member === undefined) return false
    const { place, index } = found
    if (place.messages[index]!.author === user) return true
    this.#advance(place, user, member, 'delivered', index + 1)
    if (status === 'read') this.#advance(place, user, member, 'read', index + 1)
    return true
  }

  unread(place: ModelPlace, user: string): number {
    return this.#unreadOf(place, user).length
  }

  mentions(place: ModelPlace, user: string): number {
    return this.#unreadOf(place, user).filter(({ mentions }) => mentions.includes(user)).length
  }

  /** The furthest that anybody but the author came, also those who left. */
  status(place: ModelPlace, index: number): 'sent' | 'delivered' | 'read' {
    const { author } = place.messages[index]!
    const others = [...place.members, ...place.past]
      .filter(([user]) => user !== author)
      .map(([, member]) => member)
    if (others.some(({ read }) => read > index)) return 'read'
    return others.some(({ delivered }) => delivered > index) ? 'delivered' : 'sent'
  }

  #advance(
    place: ModelPlace,
    user: string,
    member: ModelMember,
    status: 'delivered' | 'read',
    upTo: number,
  ): void {
    for (const { id, author } of place.messages.slice(member[status], upTo)) {
      // Who left hears of no reader.
      if (author !== user && place.members.has(author))
        this.receipts.push(`${author} ${user} ${status} ${id}`)
    }
    member[status] = Math.max(member[status], upTo)
  }

  #unreadOf(place: ModelPlace, user: string): readonly ModelMessage[] {
    const { read } = place.members.get(user)!
    return place.messages.slice(read).filter(({ author }) => author !== user)
  }

  #changeable(id: string, user: string): { place: ModelPlace; message: ModelMessage } | null {
    const found = this.#messages.get(id)
    if (found === undefined || !found.place.members.has(user) || found.place.isArchived) return null
    const message = found.place.messages[found.index]!
    return message.isDeleted ? null : { place: found.place, message }
  }

  #open(id: string, kind: ModelPlace['kind'], isPrivate: boolean): ModelPlace {
    const place: ModelPlace = {
      ...{ id, kind, isPrivate, isArchived: false, rev: 0 },
      ...{ members: new Map(), past: new Map(), messages: [] },
    }
    this.#places.set(id, place)
    return place
  }
}

/** Who was a member before goes on where they were. */
const join = (place: ModelPlace, user: string, role: ChannelRole): void => {
  const { delivered, read } = place.past.get(user) ?? { delivered: 0, read: 0 }
  place.past.delete(user)
  place.members.set(user, { role, delivered, read })
}

const touch = (place: ModelPlace, message: ModelMessage): void => {
  place.rev += 1
  message.rev = place.rev
}
