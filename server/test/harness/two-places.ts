import type { RawClient } from '@parley/testkit'
import { chatOf, hubOf } from './clients.ts'
import type { TestNode, TestUser } from './test-node.ts'

/** Where those are who write, and those who hear of it: one node, or two of the same cluster. */
export interface Places {
  readonly here: TestNode
  readonly there: TestNode
}

/** Somebody whose connections and calls all go to one node. */
export interface PlacedUser extends TestUser {
  readonly node: TestNode
}

/** How long what crosses nodes may take before a test says that it did not come (ms). */
const CROSSING = 250

let users = 0

/** Two new people, one in each place. */
export const newPair = async ({ here, there }: Places): Promise<[PlacedUser, PlacedUser]> => {
  users += 2
  const name = `pair${process.pid}x`
  const [one, other] = [await here.register(`${name}${users - 1}`), await there.register(`${name}${users}`)]
  return [
    { ...one, node: here },
    { ...other, node: there },
  ]
}

export const chat = (user: PlacedUser): Promise<RawClient> => chatOf(user.node, user)
export const hub = (user: PlacedUser): Promise<RawClient> => hubOf(user.node, user)

export const call = (
  user: PlacedUser,
  method: string,
  path: string,
  body?: unknown,
): ReturnType<TestNode['call']> => user.node.call(user, method, path, body)

export const isOnline = async (asker: PlacedUser, user: TestUser): Promise<unknown> => {
  const { body } = await call(asker, 'GET', `/api/users/${user.id}`)
  return (body['user'] as { isOnline: boolean }).isOnline
}

/** On one node an answer comes behind all that was before it; between two it takes a moment. */
export const crossed = async ({ here, there }: Places): Promise<void> => {
  if (here !== there) await new Promise((resolve) => setTimeout(resolve, CROSSING))
}
