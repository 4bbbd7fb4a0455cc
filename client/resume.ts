import type { SyncedChannelJson } from '@parley/dialect-channels'
import { Backoff } from './backoff.ts'
import type { Conversations } from './conversations.ts'
import type { Environment } from './environment.ts'
import type { History } from './history.ts'
import type { Keeper } from './keeper.ts'
import type { LiveConversation } from './live-conversation.ts'
import type { SocketPort } from './socket-port.ts'
import { Timer } from './timer.ts'

/** The server names at most so many conversations of one user (`MAX_CHANNELS_PER_USER`). */
const MAX_NAMED = 1_000
/** A hole may fill itself: an acknowledgement overtakes an event (ms). */
const HOLE_PATIENCE = 300
/** Several reasons to ask within so long are one (ms). */
const COALESCE = 30
/** A device that knows nothing asks for so many changes of each of the newest, and wherever something was not delivered. */
const FIRST_LOOK = 10
const FIRST_LOOKS = 50

interface Dependencies {
  readonly socket: SocketPort
  readonly environment: Environment
  readonly history: History
  readonly keeper: () => Keeper | null
  readonly conversations: Conversations
}

/**
 * Asks the server for what was missed: after every break, and wherever a position was skipped. Events go on coming meanwhile;
 * what comes twice counts once.
 */
export class Resume {
  readonly #with: Dependencies
  readonly #backoff: Backoff
  #hasList = false
  /** Of the store that the positions are from; null: nothing is known. */
  #epoch: string | null = null
  #isBusy = false
  #isDue = false
  readonly #timer: Timer
  /** A hole may fill itself meanwhile. */
  readonly #later: Timer

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
    const { environment, conversations } = dependencies
    this.#backoff = new Backoff(environment)
    this.#timer = new Timer(environment, () => void this.#run())
    this.#later = new Timer(environment, () => {
      for (const { revisions } of conversations.all) if (revisions.hasGap) return this.#schedule(0)
    })
    dependencies.socket.onConnected(() => this.#schedule(0))
    dependencies.socket.onDisconnected(() => this.close())
  }

  /** There is something that is not known here. */
  soon(): void {
    this.#schedule(COALESCE)
  }

  /** There may be. */
  later(): void {
    this.#later.set(HOLE_PATIENCE)
  }

  close(): void {
    this.#timer.cancel()
    this.#later.cancel()
    this.#isDue = false
  }

  #schedule(ms: number): void {
    this.#isDue = true
    if (!this.#isBusy) this.#timer.set(ms)
  }

  async #run(): Promise<void> {
    this.#isBusy = true
    this.#isDue = false
    let wait = COALESCE
    try {
      if (!this.#hasList) await this.#readList()
      while (await this.#sync()) {
        // The answer was cut: the rest comes with the next.
      }
      this.#backoff.reset()
      this.#with.conversations.listed()
    } catch {
      // Without a connection the next one asks again; else it was too much, or the store was away.
      if (this.#with.socket.isConnected()) this.#isDue = true
      wait += this.#backoff.next()
    }
    this.#isBusy = false
    if (this.#isDue) this.#schedule(wait)
  }

  /** A device that knows nothing: heads only, and a first look at the newest. */
  async #readList(): Promise<void> {
    const { history, conversations } = this.#with
    const channels = await history.channels(MAX_NAMED)
    // The server lists the newest first.
    for (const [index, channel] of [...channels.entries()].toReversed()) {
      const conversation = conversations.get(channel.id)
      if (conversation.channel !== null) continue
      conversation.restart(channel)
      if (index < FIRST_LOOKS || channel.deliveredSeq < channel.seq)
        conversation.revisions.restart(Math.max(0, channel.rev - FIRST_LOOK))
      conversations.raise(conversation)
    }
    this.#hasList = true
  }

  /** Conversations were kept by an earlier client: the list is what it left, and the resume tells the rest. */
  knowsList(epoch: string | null): void {
    this.#hasList = true
    this.#epoch = epoch
  }

  /** True: there is more. */
  async #sync(): Promise<boolean> {
    const { socket, keeper, conversations } = this.#with
    const epoch = this.#epoch
    const known = [...conversations.all].filter(({ channel }) => channel !== null && channel.role !== null)
    const cursors = Object.fromEntries(
      known.slice(0, MAX_NAMED).map(({ id, revisions }) => [id, revisions.known]),
    )
    const answer = await socket.request('sync', { cursors, ...(epoch === null ? {} : { epoch }) })
    // The server tells the newest first: among those in which something came, the first one is raised last.
    for (const synced of answer.channels.toReversed()) {
      const conversation = conversations.get(synced.channelId)
      const { head } = conversation.timeline
      this.#apply(conversation, synced)
      if (conversation.timeline.head > head || conversation.activity === 0) conversations.raise(conversation)
    }
    for (const id of answer.removed) conversations.remove(id, 'removed')
    this.#epoch = answer.epoch
    keeper()?.setEpoch(answer.epoch)
    // What came while this answer was on its way was forgotten with the rest.
    return answer.channels.some((synced) => synced.resync === true || synced.more)
  }

  #apply(conversation: LiveConversation, synced: SyncedChannelJson): void {
    if (synced.resync === true) {
      conversation.restart(synced.channel)
      return
    }
    conversation.describe(synced.channel)
    // From the newest to the oldest: what does not join what is here is left out.
    const changed = synced.events.map(({ message }) => message).sort((a, b) => b.seq - a.seq)
    for (const message of changed) conversation.take(message)
    for (const { userId, ...to } of synced.readBy) conversation.member(userId, to)
    conversation.revisions.reached(synced.rev)
    conversation.taken()
  }
}
