import type { CoreEvent, Envelope } from '@parley/core'

/** The format of what is inside the seal. A node that reads another one drops it. */
const VERSION = 1

/** Every event, so that a new one cannot be forgotten: the compiler asks for it. */
const TYPES: Readonly<Record<CoreEvent['type'], true>> = {
  'message.created': true,
  'message.changed': true,
  'reaction.changed': true,
  'channel.changed': true,
  'channel.left': true,
  'channel.activity': true,
  'channel.read': true,
  'room.whispered': true,
  'room.changed': true,
  'room.left': true,
  'receipt.advanced': true,
  'typing.changed': true,
  'presence.changed': true,
  'presence.listed': true,
  'identity.ended': true,
  'hub.broadcast': true,
  'peer.relayed': true,
  'peer.probed': true,
  'peer.alive': true,
  'group.joined': true,
  'group.left': true,
  'group.peer-changed': true,
  'call.offered': true,
  'call.answered': true,
  'call.over': true,
  'heads.announced': true,
  'heads.asked': true,
}

export const encodeEnvelope = ({ event, except }: Envelope): string =>
  JSON.stringify(except === null ? [VERSION, event] : [VERSION, event, except])

/**
 * Null for everything else than what `encodeEnvelope` made in this version. Only who knows the secret can have sealed
 * it, so that a known event is trusted to have its fields.
 */
export const decodeEnvelope = (text: string): Envelope | null => {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return null
  }
  if (!Array.isArray(parsed) || parsed[0] !== VERSION) return null
  const [, event, except = null] = parsed as unknown[]
  if (typeof event !== 'object' || event === null || !isEvent(event)) return null
  return typeof except === 'string' || except === null ? { event, except } : null
}

const isEvent = (value: object): value is CoreEvent => {
  const type: unknown = 'type' in value ? value.type : undefined
  return typeof type === 'string' && Object.hasOwn(TYPES, type)
}
