import { ConversationStream, durableOf, type Known } from './conversation-stream.ts'
import type { EventHub } from './event-hub.ts'
import type { AnnouncedHead, CoreEvent } from './events.ts'
import { ANNOUNCE_INTERVAL } from './head-announcer.ts'
import { LogTail } from './log-tail.ts'
import type { Bus, Envelope, Topic } from './ports/bus.ts'
import { type ChannelMessageView, MAX_SYNC_CHANGES } from './ports/channel-reads.ts'
import type { Clock } from './ports/clock.ts'
import type { Observer } from './ports/observer.ts'
import type { Store } from './ports/store.ts'

/** How long an event waits for the ones before it (ms): those of two nodes may come in another order. */
export const HOLE_PATIENCE = 100
/** How long what was read waits for what this node itself is about to tell of the same (ms): that knows its `except`. */
const OWN_PATIENCE = 20
/** How often silent channels are looked at, and how many then (ms): changes that a node that died was not able to tell. */
export const LOOK_INTERVAL = 2_000
const LOOKED_AT = 500
/** Direct conversations of a user whose place is read when the user comes. */
const DIRECTS = 100
/** Direct conversations that are remembered, over all users; about 300 bytes each. */
const MAX_DIRECTS = 200_000
/** Above it those are forgotten that were silent for so long (ms): what is missed in them comes late, not never. */
const FORGET_AFTER = 10_000
/** How long an event waits for an announcement that says what is new in the hole before it (ms). */
const ANNOUNCEMENT_PATIENCE = 3 * ANNOUNCE_INTERVAL
/** Most events held of one conversation; above it the store is read at once. */
const MAX_HELD = 256
/** Streams that are read side by side. */
const FILLED_AT_ONCE = 20
/** Wait before the store is asked again that was away (ms). */
const RETRY_AFTER = 1_000

interface Shown {
  readonly streams: Map<string, ConversationStream>
  /** Of a conversation that is not among them, nothing was there when the topic was opened. */
  isComplete: boolean
}

/** What is missing: everything above `since`, by what is known there. */
interface Hole {
  readonly topic: Topic
  readonly conversationId: string
  readonly stream: ConversationStream
  readonly since: Known
}

/**
 * Makes up for what the bus loses between nodes. Of every conversation that connections here show, events are handed on
 * by rising revision; a hole, or a head above what came, is filled from the store: each message once, by rising position.
 * Costs nothing on a bus that loses nothing.
 */
export class CatchUp {
  readonly #with: { hub: EventHub; bus: Bus; store: Store; clock: Clock; observer: Observer }
  /** By topic, then by conversation. */
  readonly #shown = new Map<Topic, Shown>()
  readonly #waiting: Hole[] = []
  #filling = 0
  #lookFrom = 0
  readonly #tail: LogTail
  #timer: { cancel(): void } | null = null
  #isStopped = false

  constructor(dependencies: { hub: EventHub; bus: Bus; store: Store; clock: Clock; observer: Observer }) {
    this.#with = dependencies
    this.#tail = new LogTail({ ...dependencies, onHead: (head) => this.#onHead(head) })
    if (dependencies.bus.reach !== 'nodes') return
    dependencies.hub.filter(this)
    this.#scheduleLook()
  }

  async start(): Promise<void> {
    if (this.#with.bus.reach !== 'nodes') return
    await this.#with.hub.retain('nodes', this)
    this.#tail.start()
  }

  stop(): void {
    this.#isStopped = true
    this.#tail.stop()
    this.#timer?.cancel()
    this.#timer = null
    if (this.#with.bus.reach === 'nodes') this.#with.hub.release('nodes', this)
  }

  readonly dialect = 'catch-up'

  deliver(_topic: Topic, event: CoreEvent): void {
    if (event.type === 'heads.announced') for (const head of event.heads) this.#onHead(head)
  }

  /** The topic is subscribed to from now on; who listens reads what was before. Never rejects. */
  async opened(topic: Topic): Promise<void> {
    const isChannel = topic.startsWith('conversation:')
    if (!isChannel && !isOfUser(topic)) return
    const id = topic.slice(topic.indexOf(':') + 1)
    const shown: Shown = { streams: new Map(), isComplete: false }
    this.#shown.set(topic, shown)
    try {
      const known = isChannel ? await this.#headOf(id) : await this.#headsOf(id)
      const now = this.#with.clock.now()
      for (const [conversationId, head] of known) {
        const begun = shown.streams.get(conversationId)
        if (begun === undefined) shown.streams.set(conversationId, new ConversationStream(head, now))
        else for (const envelope of begun.skipTo(head)) this.#dispatch(topic, envelope)
      }
      shown.isComplete = !isChannel && known.length < DIRECTS
    } catch (error) {
      // It begins with the first event that comes.
      this.#with.observer.error('conversations not read when they were shown', error)
    }
  }

  closed(topic: Topic): void {
    this.#shown.delete(topic)
  }

  /** False: not for this to decide, hand it on as it is. */
  accept(topic: Topic, envelope: Envelope): boolean {
    const change = durableOf(envelope.event)
    const shown = this.#shown.get(topic)
    if (change === null || shown === undefined) return false
    const { conversationId, rev } = change
    const now = this.#with.clock.now()
    const stream = shown.streams.get(conversationId) ?? begin(change, shown, now)
    shown.streams.set(conversationId, stream)
    stream.usedAt = now
    // It is stored: what reads the store for the others reads it too.
    if (stream.isFilling && stream.held.size >= MAX_HELD) return true
    const hadHole = stream.hasHole
    for (const ready of stream.accept(envelope, rev)) this.#dispatch(topic, ready)
    if (stream.hasHole && !stream.isFilling && (!hadHole || stream.held.size >= MAX_HELD)) {
      this.#fillSoon({ topic, conversationId, stream, since: stream })
    }
    return true
  }

  /** The other node's event may be on its way. */
  #fillSoon(hole: Hole): void {
    const { topic, stream } = hole
    const isOpen = (): boolean => stream.hasHole && !stream.isFilling
    if (Number.isFinite(stream.seq)) {
      const wait = stream.held.size >= MAX_HELD ? 0 : HOLE_PATIENCE
      this.#with.clock.after(wait, () => {
        if (isOpen()) this.#fill(hole)
      })
    } else {
      this.#with.clock.after(ANNOUNCEMENT_PATIENCE, () => {
        if (isOpen()) for (const envelope of stream.releaseAll()) this.#dispatch(topic, envelope)
      })
    }
  }

  #dispatch(topic: Topic, { event, except }: Envelope): void {
    this.#with.hub.dispatch(topic, event, except)
  }

  #onHead(head: AnnouncedHead): void {
    const topics: Topic[] =
      head.members === null
        ? [`conversation:${head.conversationId}`]
        : head.members.map((userId): Topic => `user:${userId}`)
    for (const topic of topics) {
      const shown = this.#shown.get(topic)
      if (shown !== undefined) this.#compare(topic, shown, head)
    }
  }

  #compare(topic: Topic, { streams, isComplete }: Shown, head: AnnouncedHead): void {
    const { conversationId, rev, from, seqFrom } = head
    const now = this.#with.clock.now()
    const before: Known = { rev: from - 1, seq: (seqFrom ?? Number.POSITIVE_INFINITY) - 1 }
    const isNews = from <= rev
    if (!isNews && !isComplete && !streams.has(conversationId)) return
    const stream = streams.get(conversationId) ?? new ConversationStream(isComplete ? NOTHING : before, now)
    streams.set(conversationId, stream)
    if (stream.isFilling) return
    const { rev: last, seq } = stream
    // What was before the first that came, and what is after the last.
    if (isNews && from < stream.floor) this.#fill({ topic, conversationId, stream, since: before })
    else if (rev > last) {
      const since = { rev: last, seq: Number.isFinite(seq) ? seq : before.seq }
      this.#fill({ topic, conversationId, stream, since })
    }
  }

  #fill(hole: Hole): void {
    hole.stream.isFilling = true
    this.#waiting.push({ ...hole, since: { rev: hole.since.rev, seq: hole.since.seq } })
    this.#next()
  }

  #next(): void {
    while (this.#filling < FILLED_AT_ONCE && this.#waiting.length > 0 && !this.#isStopped) {
      const hole = this.#waiting.shift()!
      this.#filling += 1
      void this.#read(hole).finally(() => {
        this.#filling -= 1
        this.#next()
      })
    }
  }

  async #read(hole: Hole): Promise<void> {
    const { topic, conversationId, stream } = hole
    let { since } = hole
    const isShown = (): boolean => this.#shown.get(topic)?.streams.get(conversationId) === stream
    try {
      for (let more = true; more && isShown(); ) {
        const heldBefore = new Set(stream.held.keys())
        const rows = await this.#with.store.changesOf({
          since: [{ channelId: conversationId, rev: since.rev }],
          limit: MAX_SYNC_CHANGES,
        })
        if (rows.length > 0) await this.#pause(OWN_PATIENCE)
        // Whoever shows it from now on reads it itself.
        if (!isShown()) return
        since = await this.#handOn(hole, since, rows)
        for (const envelope of stream.release()) this.#dispatch(topic, envelope)
        more = rows.length >= MAX_SYNC_CHANGES
        if (more || !stream.hasHole) continue
        // What came while the store was read may have a hole of its own before it. What came before the read and is
        // still not known to the store is of a past that was taken back: it is handed on as it is.
        more = ![...stream.held.keys()].some((rev) => heldBefore.has(rev))
        if (!more) for (const envelope of stream.releaseAll()) this.#dispatch(topic, envelope)
        since = { rev: stream.rev, seq: stream.seq }
      }
      stream.isFilling = false
    } catch (error) {
      this.#with.observer.error('missed messages not read', error)
      await this.#pause(RETRY_AFTER)
      if (!this.#isStopped) this.#waiting.push({ ...hole, since })
    }
  }

  /** Answers up to where it is known then. */
  async #handOn({ topic, stream }: Hole, since: Known, rows: readonly ChannelMessageView[]): Promise<Known> {
    const wasHandedOn = ({ message: { rev } }: ChannelMessageView): boolean =>
      rev >= stream.floor && rev <= stream.rev
    const isNew = ({ message: { seq } }: ChannelMessageView): boolean =>
      seq > since.seq && (seq < stream.floorSeq || seq > stream.seq)
    const missed = rows.filter((row) => !wasHandedOn(row))
    const created = missed.filter((row) => isNew(row) && row.message.deletedAt === null)
    created.sort((a, b) => a.message.seq - b.message.seq)
    const changed = missed.filter((row) => !created.includes(row) || row.reactions.length > 0)
    const views = await Promise.all(changed.map(({ message }) => this.#with.store.message(message.id)))
    const excepts = new Map(
      [...stream.held.values()].flatMap(({ event, except }) =>
        event.type === 'message.created' ? [[event.message.id, except] as const] : [],
      ),
    )
    for (const view of created.filter((row) => !wasHandedOn(row))) {
      const { message, sender, receiverId } = view
      const event = { type: 'message.created', message, sender, receiverId } as const
      this.#dispatch(topic, { event, except: excepts.get(message.id) ?? null })
    }
    for (const view of views) {
      if (view === null) continue
      const change = view.message.deletedAt === null ? 'edited' : 'deleted'
      const event = { type: 'message.changed', change, view, rev: view.message.rev } as const
      this.#dispatch(topic, { event, except: null })
    }
    return stream.advance(
      since,
      rows.map(({ message }) => message),
    )
  }

  #look(): void {
    this.#forgetDirects()
    const now = this.#with.clock.now()
    const silent: Hole[] = []
    for (const [topic, { streams }] of this.#shown) {
      if (isOfUser(topic)) continue
      for (const [conversationId, stream] of streams) {
        const isSilent = now - stream.usedAt > LOOK_INTERVAL
        if (isSilent && !stream.isFilling) silent.push({ topic, conversationId, stream, since: stream })
      }
    }
    if (this.#lookFrom >= silent.length) this.#lookFrom = 0
    const some = silent.slice(this.#lookFrom, this.#lookFrom + LOOKED_AT)
    this.#lookFrom += LOOKED_AT
    if (some.length > 0) void this.#lookAt(some)
  }

  /** Above `MAX_DIRECTS`, as many as are too many, of those that were silent. */
  #forgetDirects(): void {
    let tooMany = -MAX_DIRECTS
    for (const [topic, { streams }] of this.#shown) if (isOfUser(topic)) tooMany += streams.size
    if (tooMany <= 0) return
    const before = this.#with.clock.now() - FORGET_AFTER
    for (const [topic, shown] of this.#shown) {
      if (!isOfUser(topic)) continue
      for (const [conversationId, stream] of shown.streams) {
        if (tooMany <= 0) return
        if (stream.isFilling || stream.usedAt >= before) continue
        shown.streams.delete(conversationId)
        shown.isComplete = false
        tooMany -= 1
      }
    }
  }

  /** One query for all of them. */
  async #lookAt(holes: readonly Hole[]): Promise<void> {
    try {
      const since = holes.map(({ conversationId, stream: { rev } }) => ({ channelId: conversationId, rev }))
      const rows = await this.#with.store.changesOf({ since, limit: MAX_SYNC_CHANGES })
      // By revision ascending: the last one is the newest.
      const heads = new Map(rows.map(({ message }) => [message.conversationId, message.rev]))
      for (const hole of holes) {
        const isBehind = (heads.get(hole.conversationId) ?? 0) > hole.stream.rev
        if (isBehind && !hole.stream.isFilling) this.#fill(hole)
      }
    } catch (error) {
      this.#with.observer.error('silent conversations not looked at', error)
    }
  }

  async #headOf(channelId: string): Promise<readonly (readonly [string, Known])[]> {
    const { items } = await this.#with.store.messages({ channelId, limit: 1 })
    const message = items[0]?.message
    return [[channelId, { rev: message?.rev ?? 0, seq: message?.seq ?? 0 }]]
  }

  async #headsOf(userId: string): Promise<readonly (readonly [string, Known])[]> {
    const { items } = await this.#with.store.directConversations({ userId, limit: DIRECTS })
    return items.map(({ conversationId, last: { message } }) => [conversationId, message] as const)
  }

  #scheduleLook(): void {
    this.#timer = this.#with.clock.after(LOOK_INTERVAL, () => {
      this.#scheduleLook()
      this.#look()
    })
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#with.clock.after(ms, resolve))
  }
}

const NOTHING: Known = { rev: 0, seq: 0 }

const isOfUser = (topic: Topic): boolean => topic.startsWith('user:')

/** A conversation of which an event comes for the first time. */
const begin = (
  change: { readonly rev: number; readonly seq: number | null },
  { isComplete }: Shown,
  now: number,
): ConversationStream =>
  isComplete ? new ConversationStream(NOTHING, now) : ConversationStream.from(change, now)
