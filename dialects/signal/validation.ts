import { isStorableText } from '@parley/model'
import { z } from 'zod/v3'

/** Largest blob that is relayed, in bytes of JSON (wire, "signal"). */
export const MAX_BLOB = 16_384

/** Clients of document 000 read Zod 3's issues as they are: hence Zod 3. */

const text = (name: string, max: number) =>
  z
    .string()
    .trim()
    .min(1, `${name} cannot be empty`)
    .max(max, `${name} cannot be longer than ${max} characters`)

const storable = (name: string, max: number) =>
  text(name, max).refine(isStorableText, `${name} holds a character that cannot be kept`)

// An empty one matches, so that it is told once what is wrong with it.
const username = text('Username', 50).regex(
  /^[A-Za-z0-9_-]*$/,
  'Username can only contain letters, numbers, underscores and hyphens',
)
const groupName = storable('Group name', 100)
const peerId = storable('Peer ID', 100)
const groupId = storable('Group ID', 100)
const userId = storable('User ID', 100)

const frame = <T extends string, P extends z.ZodTypeAny>(type: T, payload: P) =>
  z.object({ type: z.literal(type), payload })

const required = (path: string): z.IssueData => ({
  code: 'invalid_type',
  expected: 'string',
  received: 'undefined',
  message: 'Required',
  path: [path],
})

const blob = z.object({ toPeerId: peerId, data: z.unknown() }).superRefine(({ data }, context) => {
  if (data === undefined) context.addIssue({ ...required('data'), expected: 'unknown' } as z.IssueData)
  else if (Buffer.byteLength(JSON.stringify(data)) > MAX_BLOB) {
    context.addIssue({
      code: 'too_big',
      maximum: MAX_BLOB,
      type: 'string',
      inclusive: true,
      exact: false,
      message: `Data cannot be larger than ${MAX_BLOB} bytes`,
      path: ['data'],
    })
  }
})

const ended = z
  .object({ toPeerId: peerId.optional(), callId: storable('Call ID', 100).optional() })
  .superRefine((payload, context) => {
    if (payload.toPeerId === undefined && payload.callId === undefined) context.addIssue(required('toPeerId'))
  })

/** Every frame of a client. */
export const ClientFrame = z.discriminatedUnion('type', [
  frame('create-group', z.object({ groupName, username })),
  frame('join-group', z.object({ groupId, username, peerId: peerId.optional() })),
  frame('leave-group', z.object({ userId })),
  frame('call-request', z.object({ targetPeerId: peerId, fromPeerId: peerId, fromUsername: username })),
  frame('call-response', z.object({ accepted: z.boolean(), fromPeerId: peerId, toPeerId: peerId })),
  frame('update-peer-id', z.object({ peerId })),
  frame('signal', blob),
  frame('call-ended', ended),
  frame('call-user', z.object({ userId })),
])
export type ClientFrame = z.infer<typeof ClientFrame>

export type ValidationIssue = z.ZodIssue
