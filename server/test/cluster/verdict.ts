import { setTimeout as sleep } from 'node:timers/promises'
import { checkHistory } from '@parley/testkit'
import type { ChaosWorld } from './chaos-world.ts'

/** Presence of a killed node, and a margin for a busy machine (ms). */
const PRESENCE_PATIENCE = 45_000

export interface Verdict {
  /** What is wrong; empty: every promise held. */
  readonly wrong: readonly string[]
  /** How many messages there are. */
  readonly stored: number
  /** From now until presence equals the live connections on every node (ms). */
  readonly presence: number
}

/** When all is quiet: compares what everybody saw, and what every node shows, with what is stored. */
export const verdictOf = async (world: ChaosWorld, live: readonly string[]): Promise<Verdict> => {
  const began = performance.now()
  const expected = JSON.stringify([...live].sort())
  let told = await world.presence()
  while (
    told.some(({ online }) => JSON.stringify([...online].sort()) !== expected) &&
    performance.now() - began < PRESENCE_PATIENCE
  ) {
    await sleep(100)
    told = await world.presence()
  }
  const presence = Math.round(performance.now() - began)
  const stored = await world.stored()
  const violations = checkHistory(world.history, {
    ...{ stored, settledReaders: world.readers(), members: world.members() },
    ...{ unread: await world.unread(), presence: { live, told } },
  })
  const wrong = [...world.surprises, ...violations.map(({ invariant, what }) => `(${invariant}) ${what}`)]
  return { wrong, stored: stored.length, presence }
}
