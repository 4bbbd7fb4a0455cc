import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildOnce,
  type DataFolder,
  newDataFolder,
  type ServerProcess,
  startProcess,
} from '@parley/testkit/server-process'
import { requireTool, STRACE } from '@parley/testkit/system-tool'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientFrame, RawTcp, TEXT } from '../harness/raw-tcp.ts'
import { readTrace } from './strace.ts'

/** Black box: what the built server asks of the kernel, and in which order. */

const MESSAGES = 25
const DURABLE = 'fsync,fdatasync'

let data: DataFolder

beforeAll(() => {
  requireTool(STRACE)
  buildOnce()
  data = newDataFolder()
})
afterAll(() => data.remove())

interface Person {
  readonly id: string
  readonly token: string
}

const register = async (url: string, username: string): Promise<Person> => {
  const response = await fetch(`${url}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, email: `${username}@example.org`, password: 'correct horse' }),
  })
  const { token, user } = (await response.json()) as { token: string; user: { id: string } }
  return { id: user.id, token }
}

const chat = (server: ServerProcess, { token }: Person): Promise<RawTcp> =>
  RawTcp.webSocket(server.url, `/ws?token=${token}`)

/** Its mask is zero, so that the trace shows the text as it arrives. */
const sendText = (peer: RawTcp, to: Person, text: string): void => {
  const data = { receiverId: to.id, content: text, clientMessageId: text }
  peer.write(clientFrame(TEXT, JSON.stringify({ type: 'chat_message', data })))
}

const ack = (peer: RawTcp, text: string) =>
  peer.json(({ type, data }) => {
    const { clientMessageId } = (data ?? {}) as { clientMessageId?: unknown }
    return type === 'message_sent' && clientMessageId === text
  })

describe('the disk before the answer', () => {
  it('ACK-2 the sync of the log returns between the arrival of a message and its acknowledgement', async () => {
    const file = join(data.path, 'trace')
    const calls = `${DURABLE},pwrite64,read,recvfrom,recvmsg,write,writev,sendto,sendmsg`
    const server = await startProcess(data.path, {
      tracer: ['strace', '-D', '-f', '-y', '-s', '10000', '-e', `trace=${calls}`, '-o', file],
    })
    try {
      const [ann, bob] = [await register(server.url, 'ann'), await register(server.url, 'bob')]
      const peer = await chat(server, ann)
      for (let index = 0; index < MESSAGES; index += 1) {
        sendText(peer, bob, `marker-${index}-`)
        await ack(peer, `marker-${index}-`)
      }
    } finally {
      await server.kill()
    }
    const trace = readTrace(readFileSync(file, 'utf8'))
    for (let index = 0; index < MESSAGES; index += 1) {
      const marker = `marker-${index}-`
      const arrival = trace.find(({ name, text }) => /^(read|recv)/.test(name) && text.includes(marker))
      const logged = trace.find(
        ({ name, text, began }) =>
          name === 'pwrite64' && /-wal>/.test(text) && text.includes(marker) && began > arrival!.ended,
      )
      const synced = trace.find(
        ({ name, text, began }) => /sync$/.test(name) && /-wal>/.test(text) && began > logged!.ended,
      )
      const answered = trace.find(
        ({ name, text }) =>
          /^(write|send)/.test(name) && text.includes('message_sent') && text.includes(marker),
      )
      expect(arrival, `${marker} arrives`).toBeDefined()
      expect(logged, `${marker} is written to the log`).toBeDefined()
      expect(synced, `${marker}: the log is synced`).toMatchObject({ result: 0 })
      expect(answered, `${marker} is acknowledged`).toBeDefined()
      expect(synced!.ended, `${marker}: synced before acknowledged`).toBeLessThan(answered!.began)
    }
  }, 120_000)

  it('ACK-2 ACK-1 when the disk fails, the sender hears of an error and never of an acknowledgement', async () => {
    let server = await startProcess(data.path)
    const [cleo, dora] = [await register(server.url, 'cleo'), await register(server.url, 'dora')]
    await server.stop()

    // From now on no sync of the log succeeds.
    const log = join(data.path, 'parley.db-wal')
    const injected = ['-e', `inject=${DURABLE}:error=EIO:when=1+`]
    const failures = join(data.path, 'failures')
    server = await startProcess(data.path, {
      tracer: ['strace', '-D', '-f', '-P', log, '-e', `trace=${DURABLE}`, ...injected, '-o', failures],
    })
    const texts = ['lost-1-', 'lost-2-', 'lost-3-']
    try {
      const peer = await chat(server, cleo)
      for (const text of texts) {
        const before = countOf(peer, 'error')
        sendText(peer, dora, text)
        await peer.json(() => countOf(peer, 'error') > before)
        const health = await fetch(`${server.url}/api/health`)
        expect(health.status).toBe(200)
      }
      const errors = peer.frames.filter(({ payload }) => payload.includes('"error"'))
      for (const { payload } of errors) {
        expect(JSON.parse(payload.toString())).toMatchObject({
          data: { code: 'UNAVAILABLE', message: 'Server error' },
        })
      }
      expect(countOf(peer, 'message_sent')).toBe(0)
      expect(readFileSync(failures, 'utf8')).toContain('EIO')
    } finally {
      await server.kill()
    }

    server = await startProcess(data.path)
    try {
      const peer = await chat(server, cleo)
      for (const text of texts) {
        sendText(peer, dora, text)
        await ack(peer, text)
      }
      const reader = await chat(server, dora)
      for (const text of texts) {
        await reader.json(({ type, data }) => type === 'new_message' && JSON.stringify(data).includes(text))
      }
      expect(countOf(reader, 'new_message')).toBe(texts.length)
    } finally {
      await server.kill()
    }
  }, 120_000)
})

const countOf = (peer: RawTcp, type: string): number =>
  peer.frames.filter(({ payload }) => payload.includes(`{"type":"${type}"`)).length
