import type { Message } from '@parley/client'

interface Moment {
  /** Epoch ms. */
  readonly at: number
  /** Epoch ms of the midnight, in the reader's zone, that it is after. */
  readonly day: number
}

const moments = new WeakMap<Message, Moment>()

const midnightBefore = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

/** When a message was written. Parsed once for each message, as lists are built anew with every message that comes. */
export const momentOf = (message: Message): Moment => {
  const known = moments.get(message)
  if (known !== undefined) return known
  const at = Date.parse(message.createdAt)
  const moment = { at, day: midnightBefore(at) }
  moments.set(message, moment)
  return moment
}
