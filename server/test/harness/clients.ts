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

/** In a group of one's own, with a peer id: can be rung. */
export const reachable = async (
  node: TestNode,
  user: Pick<TestUser, 'token' | 'username'>,
  peerId: string,
): Promise<RawClient> => {
  const client = await node.open(`/signal?token=${user.token}`)
  client.send({ type: 'create-group', payload: { groupName: 'mine', username: user.username } })
  await client.next('group-created')
  client.send({ type: 'update-peer-id', payload: { peerId } })
  await client.next('existing-peers')
  return client
}
