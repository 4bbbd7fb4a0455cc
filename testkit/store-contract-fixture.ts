import type {
  AdvanceReceipt,
  AppendDirect,
  AppendOutcome,
  AppendToChannel,
  AppendToChannelOutcome,
  CreateChannelOp,
  DirectoryUser,
  Page,
  Store,
} from '@parley/core'
import { type Message, newId } from '@parley/model'
import { it } from 'vitest'
import { createChannel, post } from './store-contract-ops.ts'

export interface NewUser {
  readonly id?: string
  readonly username: string
  readonly disabled?: boolean
  readonly role?: DirectoryUser['role']
  readonly avatar?: string
}

export interface StoreHarness {
  readonly store: Store
  addUser(user: NewUser): Promise<DirectoryUser>
  /** Closes the store and opens another one on the same data; absent where nothing is kept. */
  reopen?(): Promise<Store>
  close(): Promise<void>
}

export type OpenStoreHarness = () => Promise<StoreHarness>

/** A store with three accounts, and short ways to write to it. */
export interface Scene extends StoreHarness {
  readonly ann: DirectoryUser
  readonly bob: DirectoryUser
  readonly cleo: DirectoryUser
  /** Appends one message, which must be stored, and answers it. */
  send(from: DirectoryUser, to: DirectoryUser, content: string): Promise<Message>
  /** Appends `count` messages in one batch, contents `1` to `count`. */
  sendMany(from: DirectoryUser, to: DirectoryUser, count: number): Promise<void>
  /** Makes a public channel, or what `fields` say, and answers its id. Its members are the owner, then `members`. */
  channel(
    owner: DirectoryUser,
    members?: readonly DirectoryUser[],
    fields?: Partial<CreateChannelOp>,
  ): Promise<string>
  /** Appends one text to a channel, which must be stored, and answers it. */
  say(
    channelId: string,
    from: DirectoryUser,
    content: string,
    fields?: Partial<AppendToChannel>,
  ): Promise<Message>
  /** Appends `count` texts to a channel in one batch, contents `1` to `count`, and answers their ids. */
  sayMany(channelId: string, from: DirectoryUser, count: number): Promise<string[]>
}

/** One test with a store of its own, closed after it. */
export function storeTest(
  open: OpenStoreHarness,
  title: string,
  body: (scene: Scene) => Promise<void>,
): void {
  it(title, async () => {
    const harness = await open()
    const { store } = harness
    try {
      const ann = await harness.addUser({ username: 'Ann' })
      const bob = await harness.addUser({ username: 'Bob' })
      const cleo = await harness.addUser({ username: 'Cleo' })
      await body({ ...harness, ann, bob, cleo, ...writersOf(store) })
    } finally {
      await harness.close()
    }
  })
}

function writersOf(store: Store): Pick<Scene, 'send' | 'sendMany' | 'channel' | 'say' | 'sayMany'> {
  return {
    async send(from, to, content) {
      const [outcome] = await store.commit([append(from, to, { content })])
      return storedOf(outcome)
    },
    async sendMany(from, to, count) {
      const ops = Array.from({ length: count }, (_, index) => append(from, to, { content: `${index + 1}` }))
      await store.commit(ops)
    },
    async channel(owner, members = [], fields = {}) {
      const op = createChannel(owner, { memberIds: members.map(({ id }) => id), ...fields })
      const [outcome] = await store.commit([op])
      if (outcome.kind !== 'created') throw new Error(`not made: ${outcome.kind}`)
      return op.channelId
    },
    async say(channelId, from, content, fields = {}) {
      const [outcome] = await store.commit([post(channelId, from, { content, ...fields })])
      return storedOf(outcome)
    },
    async sayMany(channelId, from, count) {
      const ops = Array.from({ length: count }, (_, index) =>
        post(channelId, from, { content: `${index + 1}` }),
      )
      return (await store.commit(ops)).map((outcome) => storedOf(outcome).id)
    },
  }
}

function storedOf(outcome: AppendOutcome | AppendToChannelOutcome): Message {
  if (outcome.kind !== 'appended') throw new Error(`not stored: ${outcome.kind}`)
  return outcome.message
}

export const append = (
  from: { readonly id: string },
  to: { readonly id: string },
  fields: Partial<AppendDirect> = {},
): AppendDirect => ({
  kind: 'append-direct',
  messageId: newId(),
  newConversationId: newId(),
  senderId: from.id,
  receiverId: to.id,
  type: 'text',
  content: 'hello',
  clientMessageId: null,
  parentId: null,
  createdAt: Date.now(),
  ...fields,
})

export const receipt = (
  reader: { readonly id: string },
  status: AdvanceReceipt['status'],
  conversation: AdvanceReceipt['conversation'],
  upTo: AdvanceReceipt['upTo'] = 'head',
): AdvanceReceipt => ({
  kind: 'advance-receipt',
  readerId: reader.id,
  conversation,
  status,
  upTo,
  at: Date.now(),
})

/** The roles of a channel's members, oldest first. */
export const rolesOf = async ({ store }: StoreHarness, channelId: string) =>
  (await store.members({ channelId, limit: 100 })).items.map(({ user, role }) => [user.id, role])

/** Every page of a list, from its beginning to the page that has no next. A list of a hundred pages never ends. */
export async function allPages<T, C = string>(
  read: (after: { readonly after?: C }) => Promise<Page<T, C>>,
): Promise<(readonly T[])[]> {
  const pages: (readonly T[])[] = []
  for (let after: { readonly after?: C } = {}; pages.length < 100; ) {
    const { items, next } = await read(after)
    pages.push(items)
    if (next === null) return pages
    after = { after: next }
  }
  throw new Error('the pages have no end')
}
