import type { RawClient } from '@parley/testkit'
import type { TestServer, TestUser } from './test-server.ts'

/** A chat connection that has heard who is online. */
export const chatOf = async (server: TestServer, user: TestUser): Promise<RawClient> => {
  const client = await server.chat(user)
  await client.next('online_users')
  return client
}

/** A hub connection that has heard who is in the hub. */
export const hubOf = async (server: TestServer, user: TestUser): Promise<RawClient> => {
  const client = await server.open('/ws', { cookie: user.cookie })
  await client.next('connected_users')
  return client
}
