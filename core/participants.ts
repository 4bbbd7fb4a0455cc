import type { Calls } from './calls.ts'
import type { EventHub } from './event-hub.ts'
import type { Groups } from './groups.ts'
import { Participant, type ParticipantOptions } from './participant.ts'
import type { PeerIds } from './peer-ids.ts'
import type { Observer } from './ports/observer.ts'
import { TopicListeners } from './topic-listeners.ts'

interface Dependencies {
  readonly hub: EventHub
  readonly groups: Groups
  readonly peerIds: PeerIds
  readonly calls: Calls
  readonly observer: Observer
}

/** Those of this node who take part in groups and calls. */
export class Participants {
  readonly #with: Dependencies
  readonly #listeners: TopicListeners

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
    this.#listeners = new TopicListeners(dependencies.hub, 'signal')
  }

  /** Holds nothing until its `start`, and everything until its `close`. */
  newParticipant(options: ParticipantOptions): Participant {
    return new Participant({ ...this.#with, listeners: this.#listeners }, options)
  }
}
