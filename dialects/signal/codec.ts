import type { ParticipantNews } from '@parley/core'
import { type Call, Fault, type GroupMember } from '@parley/model'
import { type Frame, parseJson, textFrame } from '@parley/sockets'
import { ClientFrame, type ValidationIssue } from './validation.ts'
import type { ServerFrameType, ServerPayload } from './wire.ts'

export type Decoded =
  | { readonly ok: true; readonly frame: ClientFrame }
  /** `issues` is null for what is no JSON. */
  | { readonly ok: false; readonly issues: readonly ValidationIssue[] | null }

/** Most issues of one frame that its sender is told. */
const MAX_ISSUES = 20

/** One frame's text to what it asks for, or to what is wrong with it. Never throws. */
export const decode = (text: string): Decoded => {
  const parsed = parseJson(text)
  if (!parsed.ok) return { ok: false, issues: null }
  const result = ClientFrame.safeParse(parsed.value)
  if (result.success) return { ok: true, frame: result.data }
  return { ok: false, issues: result.error.issues.slice(0, MAX_ISSUES) }
}

/** Where the faults of a frame are, without what it held: for the log. */
export const pathsOf = (issues: readonly ValidationIssue[]): string =>
  issues.map(({ path }) => path.join('.')).join(', ')

const frame = <T extends ServerFrameType>(type: T, payload: ServerPayload<T>, at: number): Frame =>
  textFrame(JSON.stringify({ type, payload, timestamp: at }))

/** News that several are told are one object: its frames are made once. */
const made = new WeakMap<ParticipantNews, readonly Frame[]>()

/** What somebody is told, as frames in this order. */
export const framesOf = (news: ParticipantNews, at: number): readonly Frame[] => {
  const frames = made.get(news) ?? encode(news, at)
  made.set(news, frames)
  return frames
}

const encode = (news: ParticipantNews, at: number): readonly Frame[] => {
  switch (news.type) {
    case 'group.entered':
      return entered(news, at)
    case 'group.joined': {
      const joined = frame('user-joined', { user: memberOf(news.member) }, at)
      return [joined, ...peerJoined(news.member, at)]
    }
    case 'group.left': {
      const { userId, username } = news.member
      return [frame('user-left', { userId, username }, at)]
    }
    case 'group.peer-changed':
      return peerJoined(news.member, at)
    case 'peers.listed':
      return [existingPeers(news.others, at)]
    case 'signal':
      return [frame('signal', { fromPeerId: news.fromPeerId, data: news.data }, at)]
    case 'call.incoming':
      return [incoming(news.call, news.accepted, at)]
    case 'call.response': {
      const { accepted, call, byPeerId } = news
      const payload = { accepted, fromPeerId: byPeerId, toPeerId: call.fromPeerId, callId: call.id }
      return [frame('call-response', payload, at)]
    }
    case 'call.taken':
      return [frame('call-taken', { callId: news.call.id }, at)]
    case 'call.missed':
      return [frame('call-missed', { callId: news.call.id }, at)]
    case 'call.ended': {
      const { fromPeerId, callId } = news
      return [frame('call-ended', { fromPeerId, ...(callId === null ? {} : { callId }) }, at)]
    }
    case 'peer.lost':
      return [errorFrame('PEER_ID_TAKEN', 'Another connection took this peer id', at)]
    case 'place.lost':
      return []
  }
}

const entered = (news: Extract<ParticipantNews, { type: 'group.entered' }>, at: number): readonly Frame[] => {
  const { group, member, others, isNew } = news
  const { id, username, accountId } = memberOf(member)
  const user = { id, username, ...(accountId === undefined ? {} : { accountId }) }
  const about = { groupId: group.id, groupName: group.name, user }
  if (isNew) return [frame('group-created', about, at)]
  const joined = frame('group-joined', { ...about, members: others.map(memberOf) }, at)
  return member.peerId === null ? [joined] : [joined, existingPeers(others, at)]
}

const memberOf = ({ userId, username, peerId, accountId }: GroupMember) => ({
  id: userId,
  username,
  ...(peerId === null ? {} : { peerId }),
  ...(accountId === null ? {} : { accountId }),
})

const peerJoined = ({ peerId, username }: GroupMember, at: number): readonly Frame[] =>
  peerId === null ? [] : [frame('peer-joined', { peerId, username }, at)]

const existingPeers = (others: readonly GroupMember[], at: number): Frame => {
  const peers = others.flatMap(({ peerId, username }) => (peerId === null ? [] : [{ peerId, username }]))
  return frame('existing-peers', { peers }, at)
}

const incoming = (call: Call, accepted: boolean, at: number): Frame =>
  frame(
    'incoming-call-request',
    {
      fromPeerId: call.fromPeerId,
      fromUsername: call.fromUsername,
      callId: call.id,
      ...(call.fromAccountId === null ? {} : { accountId: call.fromAccountId }),
      ...(accepted ? { accepted } : {}),
    },
    at,
  )

export const callRinging = (callId: string, userId: string, at: number): Frame =>
  frame('call-ringing', { callId, userId }, at)

export const serverDrain = (reconnectInMs: number, at: number): Frame =>
  frame('server-drain', { reconnectInMs }, at)

const errorFrame = (code: string, message: string, at: number): Frame => frame('error', { code, message }, at)

/** What is wrong with a frame. */
export const invalidFrame = (issues: readonly ValidationIssue[] | null, at: number): Frame => {
  if (issues === null) return errorFrame('INVALID_MESSAGE', 'Invalid JSON format', at)
  const details = { validationErrors: [...issues] }
  return frame('error', { code: 'INVALID_MESSAGE', message: 'Invalid message format', details }, at)
}

/** A refusal of the core. What is not a refusal is never shown. */
export const faultFrame = (error: unknown, at: number): Frame => {
  if (error instanceof Fault && error.code !== 'UNAVAILABLE') return errorFrame(error.code, error.message, at)
  return errorFrame('CONNECTION_ERROR', 'The server could not do that now. Try again.', at)
}
