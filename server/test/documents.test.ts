import { channelsClientEvents, channelsServerEvents } from '@parley/dialect-channels'
import { clientFrames, serverFrames } from '@parley/dialect-chat'
import { hubClientFrames, hubServerFrames } from '@parley/dialect-hub'
import { signalClientFrames, signalServerFrames } from '@parley/dialect-signal'
import { whisperClientEvents, whisperServerEvents } from '@parley/dialect-whisper'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from './harness/test-server.ts'

interface Message {
  readonly name: string
  readonly payload: {
    /** Of a frame. */
    readonly properties?: { readonly type: { readonly const: string } }
    /** Of a Socket.IO event. */
    readonly prefixItems?: readonly [{ readonly const: string }, object]
  }
}

interface AsyncApi {
  readonly asyncapi: string
  readonly channels: Readonly<
    Record<string, { readonly address: string; readonly messages: Record<string, Message> }>
  >
  readonly operations: Readonly<Record<string, { readonly messages: readonly { readonly $ref: string }[] }>>
}

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

describe('what the server says of itself', () => {
  it('REST-22 lists its routes for people', async () => {
    const response = await fetch(`${server.url}/api/docs`)
    expect(await response.text()).toContain('/api/messages/{userId}')
  })

  it('REST-22 has every frame of every WebSocket dialect in its AsyncAPI document', async () => {
    const document = (await (await fetch(`${server.url}/api/asyncapi.json`)).json()) as AsyncApi
    expect(document.asyncapi).toBe('3.0.0')
    const typesOf = (channel: string, sender: string): string[] =>
      Object.entries(document.channels[channel]!.messages)
        .filter(([key]) => key.startsWith(`${sender}_`))
        .map(([, { payload }]) => (payload.prefixItems?.[0] ?? payload.properties!.type).const)
    expect(typesOf('chat', 'client')).toEqual(Object.keys(clientFrames))
    expect(typesOf('chat', 'server')).toEqual(Object.keys(serverFrames))
    expect(typesOf('hub', 'client')).toEqual(Object.keys(hubClientFrames))
    expect(typesOf('hub', 'server')).toEqual(Object.keys(hubServerFrames))
    expect(typesOf('channels', 'client')).toEqual(Object.keys(channelsClientEvents))
    expect(typesOf('channels', 'server')).toEqual(Object.keys(channelsServerEvents))
    expect(typesOf('whisper', 'client')).toEqual(Object.keys(whisperClientEvents))
    expect(typesOf('whisper', 'server')).toEqual(Object.keys(whisperServerEvents))
    expect(typesOf('signal', 'client')).toEqual(Object.keys(signalClientFrames))
    expect(typesOf('signal', 'server')).toEqual(Object.keys(signalServerFrames))
    for (const { messages } of Object.values(document.operations)) {
      for (const { $ref } of messages) {
        const [, , channel, , message] = $ref.split('/')
        expect(document.channels[channel!]!.messages[message!]).toBeDefined()
      }
    }
  })
})
