import type { CallQuality } from '../api/call.ts'

/** Sums over the time of a connection. */
export interface Counters {
  readonly received: number
  readonly lost: number
}

interface Stat {
  readonly type: string
  readonly nominated?: boolean
  readonly currentRoundTripTime?: number
  readonly packetsReceived?: number
  readonly packetsLost?: number
  readonly fractionLost?: number
}

/** Above these (seconds, share of packets) it is no longer good, no longer fair. */
const GOOD = { roundTrip: 0.25, loss: 0.02 }
const FAIR = { roundTrip: 0.6, loss: 0.08 }

/** How good a connection is: the round trip now, and the loss since `before`, there or back. */
export const qualityOf = (
  report: { forEach(each: (stat: Stat) => void): void },
  before: Counters,
): { readonly quality: CallQuality; readonly counters: Counters } => {
  let roundTrip = 0
  let received = 0
  let lost = 0
  let lostThere = 0
  report.forEach((stat) => {
    if (stat.type === 'candidate-pair' && stat.nominated) roundTrip = stat.currentRoundTripTime ?? roundTrip
    if (stat.type === 'inbound-rtp') {
      received += stat.packetsReceived ?? 0
      lost += stat.packetsLost ?? 0
    }
    if (stat.type === 'remote-inbound-rtp') lostThere = Math.max(lostThere, stat.fractionLost ?? 0)
  })
  const missing = Math.max(0, lost - before.lost)
  const all = missing + Math.max(0, received - before.received)
  const loss = Math.max(lostThere, all === 0 ? 0 : missing / all)
  const isWithin = (limit: typeof GOOD) => roundTrip <= limit.roundTrip && loss <= limit.loss
  return { quality: isWithin(GOOD) ? 'good' : isWithin(FAIR) ? 'fair' : 'poor', counters: { received, lost } }
}
