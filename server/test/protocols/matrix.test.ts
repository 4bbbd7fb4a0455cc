import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { describeMatrix } from './suite-matrix.ts'
import { describeSocketIoMatrix } from './suite-matrix-socket-io.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({
    LIMIT_REGISTER: '10000',
    LIMIT_REST: '100000',
    LIMIT_CHANNEL: '10000',
  })
})
afterAll(() => server.stop())

const places = () => ({ here: server, there: server })

describeMatrix(places)
describeSocketIoMatrix(places)

describe('limits over all dialects', () => {
  it('MATRIX-7 what REST sends counts in the limit of chat', async () => {
    const own = await startTestServer({ LIMIT_CHAT: '4' })
    try {
      const [ann, bob] = [await own.register('ann'), await own.register('bob')]
      const a = await own.chat(ann)
      await a.next('online_users')
      const frame = { type: 'chat_message', data: { receiverId: bob.id, content: 'by chat' } }
      const byRest = () => own.call(ann, 'POST', '/api/messages', { receiverId: bob.id, content: 'by REST' })
      // A slow machine may see the window end in between: then once more.
      await expect
        .poll(
          async () => {
            const statuses = (await Promise.all([byRest(), byRest(), byRest(), byRest()])).map(
              (r) => r.status,
            )
            a.send(frame)
            const answer = await Promise.race([a.data('error'), a.data('message_sent')])
            return [...new Set(statuses), answer['code']]
          },
          { timeout: 15_000, interval: 1_100 },
        )
        .toEqual([201, 'RATE_LIMITED'])
      await new Promise((resolve) => setTimeout(resolve, 1_100))
      for (let index = 0; index < 4; index += 1) a.send(frame)
      await expect.poll(async () => (await byRest()).status, { timeout: 5_000, interval: 50 }).toBe(429)
      await a.close()
    } finally {
      await own.stop()
    }
  })
})
