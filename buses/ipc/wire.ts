import type { Envelope, Topic } from '@parley/core'

/** What workers and their primary say to each other, by name. */
export const WIRE = {
  publish: 'bus.publish',
  subscribe: 'bus.subscribe',
  unsubscribe: 'bus.unsubscribe',
  event: 'bus.event',
  take: 'leases.take',
  renew: 'leases.renew',
  release: 'leases.release',
  holders: 'leases.holders',
  countHeld: 'leases.count',
  list: 'leases.list',
  watch: 'leases.watch',
  change: 'leases.change',
  count: 'limits.count',
} as const

/** An event on its way. Its text is written once and read by who needs it: the primary only passes it on. */
export type CarriedEvent = readonly [topic: Topic, text: string]

export const encodeEnvelope = ({ event, except }: Envelope): string => JSON.stringify([event, except])

/** Both processes run the same sources, so that the text is what was encoded. */
export const decodeEnvelope = (text: string): Envelope => {
  const [event, except] = JSON.parse(text) as [Envelope['event'], Envelope['except']]
  return { event, except }
}
