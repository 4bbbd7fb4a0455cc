/** The file descriptor of a worker's pipe to its primary, after those of every process and Node's own channel. */
export const LINK_FD = 4

/** Bytes that the other side has not taken, above which it is dead to this one. */
export const MAX_BACKLOG = 128 * 1_048_576

/** What a worker asks its primary, and is told by it, besides what bus, leases and limits say. */
export const WIRE = {
  /** Worker: who am I? Answers a `Place`. */
  place: 'worker.place',
  /** Worker: requests are served at this URL. */
  ready: 'worker.ready',
  /** Worker: it could not start, for this reason. */
  failed: 'worker.failed',
  /** Primary: end in order. */
  stop: 'worker.stop',
  /** Worker: a request for the one writing thread. */
  write: 'worker.write',
  /** Primary: your figures. */
  snapshot: 'worker.snapshot',
  /** Worker: the figures of all. */
  metrics: 'worker.metrics',
} as const

/** What a worker is told at its start. */
export interface Place {
  /** 1 and up; the same for the one that follows a dead one. */
  readonly slot: number
  readonly nodeId: string
  /** Where the sockets are over which workers hand requests to each other. */
  readonly folder: string
}
