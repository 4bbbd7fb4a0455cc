import type { StoredMessage } from '@parley/testkit'
import type { TestNode, TestUser } from '../harness/test-node.ts'

/** A message of a channel, as Socket.IO and REST show it. */
export interface ChannelItem {
  readonly id: string
  readonly channelId: string
  readonly userId: string
  readonly content: string
  readonly source?: string
  readonly seq: number
  readonly rev?: number
}

type Item = ChannelItem & { readonly messageId?: string; readonly senderId?: string }

/** A direct conversation, by its users. */
export const directOf = (one: string, other: string): string => [one, other].sort().join(' ')

/** All of a channel and of the direct conversations of these users, as a node shows it. Content ends in its number. */
export const readStored = async (
  node: TestNode,
  users: readonly TestUser[],
  channelId: string,
): Promise<StoredMessage[]> => {
  const items = await pages(node, users[0]!, `/api/channels/${channelId}/messages`)
  const stored = items.map((item) => asStored(item, channelId, channelId))
  for (const [index, one] of users.entries()) {
    for (const other of users.slice(index + 1)) {
      for (const item of await pages(node, one, `/api/messages/${other.id}`)) {
        const receiver = senderOf(item) === one.id ? other.id : one.id
        stored.push(asStored(item, directOf(one.id, other.id), receiver))
      }
    }
  }
  return stored.sort((a, b) => a.conversation.localeCompare(b.conversation) || a.seq - b.seq)
}

const senderOf = ({ senderId, userId }: Item): string => senderId ?? userId

const asStored = (item: Item, conversation: string, receiver: string): StoredMessage => {
  const content = item.source ?? item.content
  const number = /^message (\d+)$/.exec(content)?.[1] ?? null
  return {
    messageId: item.messageId ?? item.id,
    sender: senderOf(item),
    clientMessageId: number === null ? null : `c-${number}`,
    seq: item.seq,
    ...{ conversation, receiver, content },
  }
}

const pages = async (node: TestNode, reader: TestUser, path: string): Promise<Item[]> => {
  const items: Item[] = []
  for (let cursor: unknown = ''; cursor !== null && cursor !== undefined; ) {
    const query = cursor === '' ? '' : `&cursor=${String(cursor)}`
    const { status, body } = await node.call(reader, 'GET', `${path}?limit=100${query}`)
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`)
    items.push(...(body['messages'] as Item[]))
    cursor = body['nextCursor']
  }
  return items
}
