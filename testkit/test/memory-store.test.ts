import type { DirectoryUser } from '@parley/core'
import { newId } from '@parley/model'
import { MemoryStore } from '../memory-store.ts'
import { describeStoreContract } from '../store-contract.ts'

describeStoreContract('memory', async () => {
  const store = new MemoryStore()
  return {
    store,
    async addUser({
      id = newId(),
      username,
      disabled = false,
      role = 'user',
      avatar = null as string | null,
    }) {
      const email = `${id}@example.test`
      const user: DirectoryUser = {
        id,
        username,
        avatar,
        email,
        role,
        disabled,
        createdAt: 1_000,
        lastSeen: null,
      }
      store.addUser(user)
      return user
    },
    close: () => store.close(),
  }
})
