import type { RawClient } from '@parley/testkit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { reachable } from '../harness/clients.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** A call rings for 30 s. */
const PATIENCE = 60_000

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

/** `next` is less patient than a ringing call. */
const rungOut = async (client: RawClient): Promise<unknown> => {
  await expect
    .poll(() => client.all.some(({ type }) => type === 'call-missed'), { timeout: PATIENCE, interval: 200 })
    .toBe(true)
  return (await client.next('call-missed'))['payload']
}

it(
  'CALL-5 a missed call is a message of type call in chat, in channels and over REST, once',
  async () => {
    const [ann, bob] = [await server.register('ann'), await server.register('bob')]
    const [caller, callee] = [
      await reachable(server, ann, 'peer-of-ann'),
      await reachable(server, bob, 'peer-of-bob'),
    ]
    const [inChat, inbox] = [await server.chat(bob), await server.socket(bob, { inbox: true })]
    caller.send({ type: 'call-user', payload: { userId: bob.id } })
    const { callId } = (await callee.next('incoming-call-request'))['payload'] as { callId: string }
    expect(await Promise.all([rungOut(caller), rungOut(callee)])).toMatchObject([{ callId }, { callId }])
    const message = await inChat.data('new_message')
    expect(message).toMatchObject({ senderId: ann.id, messageType: 'call' })
    expect(await inbox.next('message:new')).toMatchObject({ id: message['messageId'], messageType: 'call' })
    const { body } = await server.call(bob, 'GET', `/api/messages/${ann.id}`)
    expect(body['messages']).toMatchObject([{ id: message['messageId'], messageType: 'call' }])
    for (const client of [caller, callee, inChat]) await client.close()
    inbox.close()
  },
  2 * PATIENCE,
)
