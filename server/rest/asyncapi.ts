import { z } from 'zod'

/** One dialect's frames, by name, as its `wire.ts` has them. */
export interface AsyncChannel {
  readonly address: string
  readonly title: string
  /** What clients send. */
  readonly receives: Readonly<Record<string, z.ZodType>>
  /** What the server sends. */
  readonly sends: Readonly<Record<string, z.ZodType>>
}

/** The AsyncAPI 3.0 document of these channels; schemas are generated from zod. What has no JSON Schema is left open. */
export const createAsyncApi = (version: string, dialects: Readonly<Record<string, AsyncChannel>>): object => {
  const entries = Object.entries(dialects)
  return {
    asyncapi: '3.0.0',
    info: { title: 'Parley', version, description: 'What goes over the sockets of a Parley server' },
    channels: Object.fromEntries(entries.map(([name, channel]) => [name, toChannel(channel)])),
    operations: Object.fromEntries(
      entries.flatMap(([name, { receives, sends }]) => [
        operation(name, 'receive', Object.keys(receives)),
        operation(name, 'send', Object.keys(sends)),
      ]),
    ),
  }
}

const toChannel = ({ address, title, receives, sends }: AsyncChannel) => ({
  address,
  title,
  messages: Object.fromEntries(
    [...Object.entries(receives), ...Object.entries(sends)].map(([name, schema]) => [
      name,
      { name, payload: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) },
    ]),
  ),
})

const operation = (channel: string, action: 'send' | 'receive', names: readonly string[]) =>
  [
    `${channel}.${action}`,
    {
      action,
      channel: { $ref: `#/channels/${channel}` },
      messages: names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
    },
  ] as const
