import { type CommonTuple, clientIdOf, isAppend, isReceipt, messageIdOf, senderOf } from './op-parts.ts'

/** An op with its number in the batch. */
export interface Numbered {
  readonly op: CommonTuple
  readonly index: number
}

/** Ops that have the effect of their order when they run as: the early ones, the appends, the late ones. */
interface Wave {
  /** Receipts in conversations to which nothing was appended before them. */
  readonly early: readonly Numbered[]
  /** Appends, and what has no order. */
  readonly appends: readonly Numbered[]
  /** Receipts that see what was appended. */
  readonly late: readonly Numbered[]
  /** What comes after all of them. */
  readonly left: readonly Numbered[]
}

/**
 * Takes as many ops as keep their order although receipts and appends run apart: in each conversation (`keyOf`) receipts, then
 * appends, then receipts; one for what was stored before the batch (`isPast`) sees no append. An append after those is left, and with it what follows in its conversation or of its ids.
 */
export function nextWave(
  ops: readonly Numbered[],
  keyOf: (op: CommonTuple) => string,
  isPast: (op: CommonTuple) => boolean,
): Wave {
  const early: Numbered[] = []
  const appends: Numbered[] = []
  const late: Numbered[] = []
  const left: Numbered[] = []
  const appended = new Set<string>()
  const read = new Set<string>()
  const leftKeys = new Set<string>()
  for (const each of ops) {
    const { op } = each
    const key = keyOf(op)
    const names = namesOf(op)
    if (leftKeys.has(key) || names.some((name) => leftKeys.has(name)) || (isAppend(op) && read.has(key))) {
      left.push(each)
      for (const name of [key, ...names]) leftKeys.add(name)
    } else if (isReceipt(op)) {
      const isLate = read.has(key) || (!isPast(op) && [key, ...names].some((name) => appended.has(name)))
      if (isLate) read.add(key)
      ;(isLate ? late : early).push(each)
    } else {
      appends.push(each)
      if (isAppend(op)) for (const name of [key, ...names]) appended.add(name)
    }
  }
  return { early, appends, late, left }
}

/** Ids of messages that an op gives or names, each of which is one over all conversations. */
function namesOf(op: CommonTuple): readonly string[] {
  if (isReceipt(op)) return op[6] === null ? [] : [`message ${op[6]}`]
  if (!isAppend(op)) return []
  const clientId = clientIdOf(op)
  const own = `message ${messageIdOf(op)}`
  return clientId === null ? [own] : [own, `client ${senderOf(op)} ${clientId}`]
}
