import type {
  ClientStorage,
  ConversationRecord,
  OutboxRecord,
  Snapshot,
  UserStorage,
} from '../api/storage.ts'
import { byAge, full, MAX_WAITING, scopeKey } from './outbox-order.ts'

/** Most users that one storage remembers; whoever was opened longest ago goes first. */
const MAX_USERS = 20

interface Kept {
  epoch: string | null
  readonly conversations: Map<string, ConversationRecord>
}

const newKept = (): Kept => ({ epoch: null, conversations: new Map() })

/** Kept messages in memory: what the other storages use where the disk is not for them. */
export const memoryKept = (kept: Kept = newKept()): UserStorage['kept'] & { clear(): void } => ({
  load: async (): Promise<Snapshot> => ({
    epoch: kept.epoch,
    conversations: [...kept.conversations.values()],
  }),
  saveEpoch: async (epoch) => {
    kept.epoch = epoch
  },
  save: async (record) => void kept.conversations.set(record.channel.id, record),
  remove: async (conversationId) => void kept.conversations.delete(conversationId),
  clear: () => {
    kept.epoch = null
    kept.conversations.clear()
  },
})

/**
 * Keeps nothing beyond this process: the default where there is no IndexedDB. Clients that share one storage share what is
 * in it, so that one made after another of the same user goes on with its outbox.
 */
export const memoryStorage = (): ClientStorage => {
  const users = new Map<string, UserStorage>()
  return {
    async open(scope) {
      const key = scopeKey(scope)
      const user = users.get(key) ?? memoryUser()
      users.delete(key)
      users.set(key, user)
      for (const oldest of users.keys()) {
        if (users.size <= MAX_USERS) break
        users.delete(oldest)
      }
      return user
    },
  }
}

const memoryUser = (): UserStorage => {
  const outbox = new Map<string, OutboxRecord>()
  const kept = memoryKept()
  return {
    outbox: {
      all: async () => [...outbox.values()].sort(byAge),
      put: async (record) => {
        if (outbox.size >= MAX_WAITING && !outbox.has(record.clientMessageId)) throw full()
        outbox.set(record.clientMessageId, record)
      },
      remove: async (clientMessageId) => void outbox.delete(clientMessageId),
    },
    kept,
    clear: async () => {
      outbox.clear()
      kept.clear()
    },
    close: () => {},
  }
}
