import type { AdvanceReceipt, AppendDirect, DirectoryUser, Store } from '@parley/core'
import { type Message, newId } from '@parley/model'
import { it } from 'vitest'

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
      const send: Scene['send'] = async (from, to, content) => {
        const [outcome] = await store.commit([append(from, to, { content })])
        if (outcome.kind !== 'appended') throw new Error(`not stored: ${outcome.kind}`)
        return outcome.message
      }
      const sendMany: Scene['sendMany'] = async (from, to, count) => {
        const ops = Array.from({ length: count }, (_, index) => append(from, to, { content: `${index + 1}` }))
        await store.commit(ops)
      }
      await body({ ...harness, ann, bob, cleo, send, sendMany })
    } finally {
      await harness.close()
    }
  })
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
