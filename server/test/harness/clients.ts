import type { RawClient } from '@parley/testkit'
import type { TestNode, TestUser } from './test-node.ts'

/** A chat connection that has heard who is online. */
export const chatOf = async (node: TestNode, user: Pick<TestUser, 'token'>): Promise<RawClient> => {
  const client = await node.chat(user)
  await client.next('online_users')
  return client
}

/** A hub connection that has heard who is in the hub. */
export const hubOf = async (node: TestNode, user: Pick<TestUser, 'cookie'>): Promise<RawClient> => {
  const client = await node.open('/ws', { cookie: user.cookie })
  await client.next('connected_users')
  return client
}
