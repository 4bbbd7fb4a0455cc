import { randomUUID } from 'node:crypto'
import {
  type ChannelReads,
  type Directory,
  type DirectoryUser,
  MAX_BATCH,
  type OpenDirectOp,
  type OpenDirectOutcome,
  type OutcomeOf,
  type RoomReads,
  type Store,
  type WriteOp,
  type WriteOutcome,
} from '@parley/core'
import { Fault } from '@parley/model'
import { MemoryChannelReads } from './memory-channel-reads.ts'
import { MemoryChannels } from './memory-channels.ts'
import { infoOf, MemoryConversations, pairOf } from './memory-conversations.ts'
import { MemoryDirectReads } from './memory-direct-reads.ts'
import { MemoryMessages } from './memory-messages.ts'
import { advanceReceipt } from './memory-receipts.ts'
import { MemoryRooms } from './memory-rooms.ts'
import { MemoryUsers } from './memory-users.ts'
import { MemoryViews } from './memory-views.ts'

/** Everything that a `MemoryStore` holds. */
class Contents {
  readonly users = new MemoryUsers()
  readonly rooms = new MemoryRooms()
  readonly conversations = new MemoryConversations()
  readonly messages = new MemoryMessages(this.conversations)
  readonly channels = new MemoryChannels(this.conversations)
  readonly views = new MemoryViews(this.users)
  readonly directReads = new MemoryDirectReads(this.conversations, this.users, this.views)
  readonly channelReads = new MemoryChannelReads(this.conversations, this.users, this.views)
  readonly epoch = randomUUID()
}

/** The store's promises in the plainest code that keeps them, but for durability: for tests, and to compare with. */
export class MemoryStore implements Store {
  readonly lanes = 1
  readonly #contents = new Contents()
  #isAway = false

  readonly directory: Directory = {
    find: async (id) => this.#open().users.find(id),
    findMany: async (ids) => this.#open().users.findMany(ids),
    findByName: async (username) => this.#open().users.findByName(username),
    list: async (query) => this.#open().users.list(query),
  }

  /** Adds an account, as the accounts component would. */
  addUser(user: DirectoryUser): void {
    this.#contents.users.add(user)
  }

  /** Makes every method fail as a store does that cannot be reached, or ends that. */
  setAway(isAway: boolean): void {
    this.#isAway = isAway
  }

  async commit<const Ops extends readonly WriteOp[]>(
    ops: Ops,
  ): Promise<{ readonly [K in keyof Ops]: OutcomeOf<Ops[K]> }> {
    const contents = this.#open()
    if (ops.length > MAX_BATCH) throw new Fault('INVALID', `A batch holds at most ${MAX_BATCH} operations.`)
    return ops.map((op) => apply(contents, op)) as unknown as {
      readonly [K in keyof Ops]: OutcomeOf<Ops[K]>
    }
  }

  directHistory: Store['directHistory'] = async (query) => this.#open().directReads.directHistory(query)
  directConversations: Store['directConversations'] = async (query) =>
    this.#open().directReads.directConversations(query)
  waiting: Store['waiting'] = async (query) => this.#open().directReads.waiting(query)
  contacts: Store['contacts'] = async (query) => this.#open().directReads.contacts(query)
  search: Store['search'] = async (query) => this.#open().directReads.search(query)

  conversation: ChannelReads['conversation'] = async (id) => {
    const found = this.#open().conversations.find(id)
    return found === undefined ? null : infoOf(found)
  }
  directOf: ChannelReads['directOf'] = async (a, b) => this.#open().conversations.direct(a, b)?.id ?? null
  channel: ChannelReads['channel'] = async (query) => this.#open().channelReads.channel(query)
  role: ChannelReads['role'] = async (query) => this.#open().channelReads.role(query)
  channels: ChannelReads['channels'] = async (query) => this.#open().channelReads.channels(query)
  publicChannels: ChannelReads['publicChannels'] = async (query) =>
    this.#open().channelReads.publicChannels(query)
  members: ChannelReads['members'] = async (query) => this.#open().channelReads.members(query)
  memberIds: ChannelReads['memberIds'] = async (query) => this.#open().channelReads.memberIds(query)
  cursors: ChannelReads['cursors'] = async (query) => this.#open().channelReads.cursors(query)
  messages: ChannelReads['messages'] = async (query) => this.#open().channelReads.messages(query)
  message: ChannelReads['message'] = async (id) => this.#open().channelReads.message(id)
  changes: ChannelReads['changes'] = async (query) => this.#open().channelReads.changes(query)
  changesOf: ChannelReads['changesOf'] = async (query) => this.#open().channelReads.changesOf(query)
  cursorsOf: ChannelReads['cursorsOf'] = async (query) => this.#open().channelReads.cursorsOf(query)

  room: RoomReads['room'] = async (code) => this.#open().rooms.view(code)
  rooms: RoomReads['rooms'] = async (query) => this.#open().rooms.list(query)

  logEnd: Store['logEnd'] = async () => this.#open().conversations.logEnd
  logged: Store['logged'] = async (query) => this.#open().conversations.logged(query)

  async epoch(): Promise<string> {
    return this.#open().epoch
  }

  async ping(): Promise<void> {
    this.#open()
  }

  async close(): Promise<void> {
    this.#isAway = true
  }

  #open(): Contents {
    if (!this.#isAway) return this.#contents
    throw new Fault('UNAVAILABLE', 'The message store is not available. Try again in a moment.')
  }
}

function apply(contents: Contents, op: WriteOp): WriteOutcome {
  switch (op.kind) {
    case 'append-direct':
      return contents.messages.appendDirect(op)
    case 'append-channel':
      return contents.messages.appendToChannel(op)
    case 'advance-receipt':
      return advanceReceipt(contents.conversations, op)
    case 'edit-message':
    case 'delete-message':
    case 'react':
      return contents.messages.change(op)
    case 'create-channel':
      return contents.channels.create(op)
    case 'open-direct':
      return openDirect(contents, op)
    case 'update-channel':
    case 'add-members':
    case 'remove-member':
    case 'set-role':
      return contents.channels.change(op)
    case 'create-room':
    case 'enter-room':
    case 'admit-to-room':
    case 'leave-room':
    case 'close-room':
      return contents.rooms.apply(op)
    case 'touch-last-seen':
      contents.users.touch(op.userId, op.at)
      return { kind: 'done' }
  }
}

function openDirect({ conversations, views }: Contents, op: OpenDirectOp): OpenDirectOutcome {
  const { newConversationId: id, userId, peerId, at } = op
  const known = conversations.direct(userId, peerId)
  const conversation =
    known ?? conversations.open({ id, pair: pairOf(userId, peerId), name: null, isPrivate: true, at })
  return { kind: 'opened', view: views.channel(conversation, userId), isNew: known === undefined }
}
