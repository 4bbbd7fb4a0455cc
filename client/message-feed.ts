import type { Message, MessageList } from './api/message.ts'
import type { Me } from './api/parley.ts'
import type { OutboxRecord } from './api/storage.ts'
import type { History } from './history.ts'
import { type Reached, viewOfStored, viewOfWaiting } from './message-view.ts'
import type { Outbox } from './outbox.ts'
import { Progress } from './progress.ts'
import { type Stored, Timeline } from './timeline.ts'
import { isSameList, Value } from './value.ts'

/** Most messages of one conversation that are held while nobody looks. */
const KEPT_UNSEEN = 100

interface Dependencies {
  readonly id: string
  readonly me: () => Me | null
  /** Did the server say how much there is? */
  readonly isKnown: () => boolean
  readonly outbox: Outbox
  readonly history: History
  /** A page came. */
  readonly onPage: () => void
  /** Messages are about to be let go. */
  readonly onTrim: () => void
}

/** The messages of one conversation as a list shows them: what is stored, as far as it was loaded, then what waits. */
export class MessageFeed {
  readonly timeline = new Timeline()
  readonly progress = new Progress()
  readonly list: Value<MessageList>
  readonly #with: Dependencies
  #views = new WeakMap<Stored, Message>()
  readonly #waitingViews = new WeakMap<OutboxRecord, Message>()
  #isWanted = false
  /** The newest page is there, or known to be empty. */
  #isLoaded = false
  #isUnavailable = false
  #loading: Promise<void> | null = null

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
    this.list = new Value<MessageList>(
      { items: [], hasOlder: false, state: 'loading', isLoadingOlder: false },
      (isWanted) => {
        this.#isWanted = isWanted
        this.settle()
        this.publish()
      },
    )
  }

  get isWanted(): boolean {
    return this.#isWanted
  }

  loadOlder(): Promise<void> {
    if (this.#isLoaded && this.timeline.from <= 1) return Promise.resolve()
    this.#loading ??= this.#loadPage().finally(() => {
      this.#loading = null
      this.publish()
    })
    this.publish()
    return this.#loading
  }

  async loadUntil(target: { readonly id: string } | { readonly seq: number }): Promise<string | null> {
    const isTarget = (one: Stored) => ('id' in target ? one.id === target.id : one.seq === target.seq)
    for (;;) {
      const found = this.timeline.items.find(isTarget)
      if (found !== undefined) return this.view(found).key
      const { from } = this.timeline
      if (from <= 1 || ('seq' in target && target.seq >= from)) return null
      await this.loadOlder()
      if (this.timeline.from === from) return null
    }
  }

  /** There are messages up to `head`, and none of them is here. */
  restart(head: number): void {
    this.timeline.restart(head)
    this.progress.clear()
    this.#views = new WeakMap()
    this.#isLoaded = this.#isUnavailable = false
  }

  /** It is one's own no longer. */
  lose(): void {
    this.restart(0)
    this.#isUnavailable = true
  }

  /** What was changed is looked at: is the newest page here, has it to be loaded, and how much of it is kept? */
  settle(): void {
    const { timeline } = this
    if (timeline.items.length > 0 || (timeline.head === 0 && this.#with.isKnown())) this.#isLoaded = true
    if (this.#isWanted && !this.#isLoaded) void this.loadOlder()
    if (this.#isWanted || timeline.items.length < 2 * KEPT_UNSEEN) return
    this.#with.onTrim()
    timeline.trim(KEPT_UNSEEN)
  }

  publish(): void {
    const { me, outbox, id } = this.#with
    const who = me()
    const { items, from } = this.timeline
    const waiting = who === null ? [] : outbox.of(id).map((record) => this.#viewOfWaiting(record, who))
    const before = this.list.get()
    const shown = [...items.map((one) => this.view(one)), ...waiting]
    const list: MessageList = {
      // The same ones are the same list: whoever made something of them need not do so again.
      items: isSameList(shown, before.items) ? before.items : shown,
      hasOlder: from > 1,
      state: this.#isLoaded ? 'ready' : this.#isUnavailable ? 'unavailable' : 'loading',
      isLoadingOlder: this.#loading !== null,
    }
    if (
      list.hasOlder !== before.hasOlder ||
      list.state !== before.state ||
      list.isLoadingOlder !== before.isLoadingOlder ||
      list.items !== before.items
    )
      this.list.set(list)
  }

  async #loadPage(): Promise<void> {
    const { timeline } = this
    try {
      for (let isFit = false; !isFit; ) {
        const { from } = timeline
        timeline.awaitPage()
        // Of a conversation that is not one's own nobody told how much there is.
        isFit = timeline.putPage(
          from,
          await this.#with.history.before(this.#with.id, from > 1 ? from : undefined),
        )
      }
      this.#isLoaded = true
      this.#isUnavailable = false
      this.#with.onPage()
    } catch {
      this.#isUnavailable = !this.#isLoaded
    }
  }

  /** As the list shows it. */
  view(stored: Stored): Message {
    const known = this.#views.get(stored)
    if (known !== undefined && !isOutdated(known, stored, this.progress)) return known
    const view = viewOfStored(stored, this.#with.me()?.id ?? '', this.progress)
    this.#views.set(stored, view)
    return view
  }

  #viewOfWaiting(record: OutboxRecord, me: Me): Message {
    const view = this.#waitingViews.get(record) ?? viewOfWaiting(record, me)
    this.#waitingViews.set(record, view)
    return view
  }
}

const isOutdated = ({ status }: Message, { seq }: Stored, { delivered, read }: Reached): boolean =>
  (status === 'sent' && seq <= delivered) || ((status === 'sent' || status === 'delivered') && seq <= read)
