import type { Link } from '@parley/bus-ipc'
import { RemoteWriter, type StoreWriter } from '@parley/store-sql'
import type { Exposition, Metrics } from '../metrics.ts'
import { HandOver } from './hand-over.ts'
import { type Place, WIRE } from './wire.ts'

/** What one of several processes of a machine has of the others. */
export interface Seat {
  readonly link: Link
  /** The writing thread of the primary. */
  readonly writer: StoreWriter
  readonly handOver: HandOver
  /** Tells the primary this process's figures, and answers those of all. */
  share(metrics: Metrics): Metrics
}

export const createSeat = (link: Link, place: Place): Seat => ({
  link,
  writer: new RemoteWriter((request) => link.call(WIRE.write, request)),
  handOver: new HandOver(place),
  share: (metrics) => {
    link.handle(WIRE.snapshot, () => metrics.snapshot())
    return { ...metrics, expose: () => link.call(WIRE.metrics, null) as Promise<Exposition> }
  },
})
