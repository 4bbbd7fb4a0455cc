import { channelsClientEvents, channelsServerEvents } from '@parley/dialect-channels'
import { clientFrames, serverFrames } from '@parley/dialect-chat'
import { hubClientFrames, hubServerFrames } from '@parley/dialect-hub'
import { signalClientFrames, signalServerFrames } from '@parley/dialect-signal'
import { whisperClientEvents, whisperServerEvents } from '@parley/dialect-whisper'
import { z } from 'zod'
import { VERSION } from './version.ts'

type Frames = Readonly<Record<string, z.ZodType>>

/** How a dialect puts a frame's fields on the wire. */
type Envelope = (type: string, schema: z.ZodType) => object

const withData: Envelope = (type, schema) => ({
  type: 'object',
  required: ['type', 'data'],
  properties: { type: { const: type }, data: z.toJSONSchema(schema) },
})

const withPayload: Envelope = (type, schema) => ({
  type: 'object',
  required: ['type', 'payload'],
  properties: {
    type: { const: type },
    payload: z.toJSONSchema(schema),
    timestamp: { type: 'integer', description: 'Epoch ms; the server always sends it' },
  },
})

const flat: Envelope = (type, schema) => {
  const { $schema: _, properties, required, ...rest } = z.toJSONSchema(schema)
  return {
    ...rest,
    properties: { type: { const: type }, ...properties },
    required: ['type', ...(required ?? [])],
  }
}

/** A Socket.IO event: its name, then one argument. */
const asEvent: Envelope = (type, schema) => ({
  type: 'array',
  prefixItems: [{ const: type }, z.toJSONSchema(schema, { io: 'input' })],
  minItems: 2,
})

/** Both sides may have a frame of one type: messages are keyed by who sends them. */
type Sender = 'client' | 'server'

const messagesOf = (sender: Sender, frames: Frames, envelope: Envelope): object =>
  Object.fromEntries(
    Object.entries(frames).map(([type, schema]) => [
      `${sender}_${type}`,
      { name: type, contentType: 'application/json', payload: envelope(type, schema) },
    ]),
  )

const channel = (
  address: string,
  description: string,
  envelope: Envelope,
  frames: { client: Frames; server: Frames },
): object => ({
  address,
  description,
  messages: {
    ...messagesOf('client', frames.client, envelope),
    ...messagesOf('server', frames.server, envelope),
  },
})

const operations = (name: string, frames: { client: Frames; server: Frames }): object => {
  const refs = (sender: Sender): object[] =>
    Object.keys(frames[sender]).map((type) => ({ $ref: `#/channels/${name}/messages/${sender}_${type}` }))
  const to = { $ref: `#/channels/${name}` }
  return {
    [`${name}Receive`]: { action: 'receive', channel: to, messages: refs('client') },
    [`${name}Send`]: { action: 'send', channel: to, messages: refs('server') },
  }
}

/** The AsyncAPI 3 document of the WebSocket dialects, from the schemas that the dialects export. */
export const createAsyncApi = (): object => {
  const chat = { client: clientFrames, server: serverFrames }
  const hub = { client: hubClientFrames, server: hubServerFrames }
  const channels = { client: channelsClientEvents, server: channelsServerEvents }
  const whisper = { client: whisperClientEvents, server: whisperServerEvents }
  const signal = { client: signalClientFrames, server: signalServerFrames }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Parley',
      version: VERSION,
      description: 'What Parley speaks over WebSockets and Socket.IO',
    },
    defaultContentType: 'application/json',
    channels: {
      chat: channel(
        '/ws?token={token}',
        'One-to-one messages that are stored (document 001)',
        withData,
        chat,
      ),
      hub: channel('/ws/hub', 'One room of everybody, nothing is stored (document 002)', flat, hub),
      channels: channel(
        '/socket.io/',
        'Channels with threads and receipts, stored; Socket.IO 4, namespace / (document 003)',
        asEvent,
        channels,
      ),
      whisper: channel(
        '/socket.io/',
        'Rooms by code, nothing is stored; Socket.IO 4, namespace / (document 004)',
        asEvent,
        whisper,
      ),
      signal: channel(
        '/signal',
        'Groups and the signalling of WebRTC calls, for guests too; also at / (document 000)',
        withPayload,
        signal,
      ),
    },
    operations: {
      ...operations('chat', chat),
      ...operations('hub', hub),
      ...operations('channels', channels),
      ...operations('whisper', whisper),
      ...operations('signal', signal),
    },
  }
}
