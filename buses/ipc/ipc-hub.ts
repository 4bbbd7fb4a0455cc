import type { Lease, LeaseKind, LeaseRequest, Leases, Topic } from '@parley/core'
import { CountTable } from './count-table.ts'
import type { CountRequest } from './ipc-counts.ts'
import type { Link } from './link.ts'
import { type CarriedEvent, WIRE } from './wire.ts'

/** Bytes that a worker has not taken, above which events for it are dropped: it finds the holes and reads the store. */
const MAX_BEHIND = 16 * 1_048_576

/** Every kind, so that a new one cannot be forgotten: the compiler asks for it. */
const KINDS: Readonly<Record<LeaseKind, true>> = {
  ...{ presence: true, chat: true, hub: true, seat: true },
  ...{ peer: true, peerjs: true, member: true, call: true },
}

/** Leases that know when one of their nodes is dead. */
export interface HubLeases extends Leases {
  /** Ends every lease of a node now, as if it had expired. */
  endNode(nodeId: string): void
}

/** The middle of a machine's processes: passes events to who wants them, and keeps leases and counts for all. */
export class IpcHub {
  readonly #leases: HubLeases
  readonly #counts = new CountTable()
  readonly #subscribers = new Map<Topic, Set<Link>>()
  /** Who hears of changes of leases. */
  readonly #watchers = new Set<Link>()
  /** Events that a worker did not get, as it was too far behind. */
  #dropped = 0

  constructor(leases: HubLeases) {
    this.#leases = leases
    for (const kind of Object.keys(KINDS) as LeaseKind[]) {
      leases.watch(kind, (change) => {
        for (const link of this.#watchers) link.say(WIRE.change, change)
      })
    }
  }

  get dropped(): number {
    return this.#dropped
  }

  /** Serves a worker until its link ends; what it held then ends too. */
  join(link: Link): void {
    const topics = new Set<Topic>()
    const nodes = new Set<string>()
    link.handle(WIRE.publish, (event) => this.#publish(link, event as CarriedEvent))
    link.handle(WIRE.subscribe, (topic) => {
      topics.add(topic as Topic)
      addTo(this.#subscribers, topic as Topic, link)
    })
    link.handle(WIRE.unsubscribe, (topic) => {
      topics.delete(topic as Topic)
      removeFrom(this.#subscribers, topic as Topic, link)
    })
    this.#serveLeases(link, nodes)
    link.handle(WIRE.count, (request) => this.#counts.hit(...(request as CountRequest)))
    link.onEnd(() => {
      for (const topic of topics) removeFrom(this.#subscribers, topic, link)
      this.#watchers.delete(link)
      for (const nodeId of nodes) this.#leases.endNode(nodeId)
    })
  }

  #serveLeases(link: Link, nodes: Set<string>): void {
    const leases = this.#leases
    link.handle(WIRE.take, (request) => {
      nodes.add((request as LeaseRequest).nodeId)
      return leases.take(request as LeaseRequest)
    })
    link.handle(WIRE.watch, () => void this.#watchers.add(link))
    link.handle(WIRE.renew, (nodeId) => leases.renew(nodeId as string))
    link.handle(WIRE.release, (lease) => leases.release(lease as Lease))
    link.handle(WIRE.holders, (query) => leases.holders(...(query as Parameters<Leases['holders']>)))
    link.handle(WIRE.countHeld, (kind) => leases.count(kind as LeaseKind))
    link.handle(WIRE.list, (query) => leases.list(...(query as Parameters<Leases['list']>)))
  }

  #publish(from: Link, event: CarriedEvent): void {
    for (const link of this.#subscribers.get(event[0]) ?? []) {
      if (link === from) continue
      if (link.backlog > MAX_BEHIND) this.#dropped += 1
      else link.say(WIRE.event, event)
    }
  }
}

const addTo = (sets: Map<Topic, Set<Link>>, key: Topic, link: Link): void => {
  const links = sets.get(key) ?? new Set<Link>()
  sets.set(key, links.add(link))
}

const removeFrom = (sets: Map<Topic, Set<Link>>, key: Topic, link: Link): void => {
  const links = sets.get(key)
  links?.delete(link)
  if (links?.size === 0) sets.delete(key)
}
