import { z } from 'zod'

/**
 * Frames of document 000 as the wire page, "signal (000)", settles them: `{type, payload, timestamp?}`, by type. `ext` is ours
 * and can be ignored. This is what the documentation is made from; `validation.ts` holds a client to it, in the words of Zod 3.
 */

const ext = (description: string) => ({ description: `ext: ${description}` })
const username = z.string().min(1).max(50)
const peerId = z.string().min(1).max(100)
const id = z.string().min(1).max(100)
const person = z.object({ id: z.string(), username: z.string() })
const accountId = z.string().optional().meta(ext('the account behind it'))
const member = person.extend({ peerId: z.string().optional(), accountId })
const callId = z.string().meta(ext('names the call'))

/** What a client may send: the `payload` of each type. Fields it does not know are ignored. */
export const signalClientFrames = {
  'create-group': z.object({ groupName: z.string().min(1).max(100), username }),
  'join-group': z.object({ groupId: id, username, peerId: peerId.optional() }),
  'leave-group': z.object({ userId: id }),
  'call-request': z.object({ targetPeerId: peerId, fromPeerId: peerId, fromUsername: username }),
  'call-response': z.object({ accepted: z.boolean(), fromPeerId: peerId, toPeerId: peerId }),
  'update-peer-id': z.object({ peerId }),
  signal: z.object({ toPeerId: peerId, data: z.unknown() }).meta(ext('an SDP or ICE blob, 16 KiB at most')),
  'call-ended': z
    .object({ toPeerId: peerId.optional(), callId: id.optional() })
    .meta(ext('hangs up, or gives up a call that rings; one of the two is needed')),
  'call-user': z.object({ userId: id }).meta(ext('rings every device of an account')),
} as const

/** What the server sends: the `payload` of each type. */
export const signalServerFrames = {
  'group-created': z.object({
    groupId: z.string(),
    groupName: z.string(),
    user: person.extend({ accountId }),
  }),
  'group-joined': z.object({
    groupId: z.string(),
    groupName: z.string(),
    user: person.extend({ accountId }),
    members: z.array(member),
  }),
  'user-joined': z.object({ user: member }),
  'user-left': z.object({ userId: z.string(), username: z.string() }),
  'peer-joined': z.object({ peerId: z.string(), username: z.string() }),
  'existing-peers': z.object({ peers: z.array(z.object({ peerId: z.string(), username: z.string() })) }),
  'incoming-call-request': z.object({
    fromPeerId: z.string(),
    fromUsername: z.string(),
    callId,
    accountId,
    accepted: z.literal(true).optional().meta(ext('both called: this call is accepted already')),
  }),
  'call-response': z.object({
    accepted: z.boolean(),
    fromPeerId: z.string(),
    toPeerId: z.string(),
    callId,
  }),
  signal: z.object({ fromPeerId: z.string(), data: z.unknown() }).meta(ext('a blob from another peer')),
  'call-ended': z
    .object({ fromPeerId: z.string(), callId: z.string().optional() })
    .meta(ext('the other side hung up or went')),
  'call-ringing': z.object({ callId: z.string(), userId: z.string() }).meta(ext('answers call-user')),
  'call-taken': z.object({ callId: z.string() }).meta(ext('another device answered')),
  'call-missed': z.object({ callId: z.string() }).meta(ext('nobody answered in 30 s')),
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.object({ validationErrors: z.array(z.unknown()) }).optional(),
  }),
  'server-drain': z.object({ reconnectInMs: z.int() }).meta(ext('the server goes; come back in so many ms')),
} as const

export type ServerFrameType = keyof typeof signalServerFrames
export type ServerPayload<T extends ServerFrameType> = z.infer<(typeof signalServerFrames)[T]>

/** Closing codes. */
export const CLOSE = {
  invalidToken: [4002, 'Invalid token'],
  serverError: [1011, 'Server error'],
  /** The place in its group was lost to a long silence of the server: it can be had again. */
  tryAgain: [1013, 'Try again'],
} as const
