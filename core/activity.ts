import type { Channel } from '@parley/model'
import type { Audience, Told } from './audience.ts'
import type { Clock } from './ports/clock.ts'
import type { Observer } from './ports/observer.ts'

/** Members hear of new messages in channels they do not show at most this often (ms). */
export const ACTIVITY_INTERVAL = 1_000
/** Most conversations with news at once; above it those are told of nothing, and see it when they look. */
const MAX_PENDING = 20_000
/** Conversations told of side by side. */
const TOLD_AT_ONCE = 20
/** Most users of one conversation whose mention is told of at once. */
const MAX_MENTIONED = 1_000

interface News {
  readonly place: Told
  seq: number
  readonly mentioned: Set<string>
  channel: Channel | null
}

/** What members of a conversation hear who do not show it. Coalesced: an event an interval, however much is said. */
export class Activity {
  readonly #audience: Audience
  readonly #clock: Clock
  readonly #observer: Observer
  readonly #pending = new Map<string, News>()
  #timer: { cancel(): void } | null = null

  constructor(dependencies: { audience: Audience; clock: Clock; observer: Observer }) {
    this.#audience = dependencies.audience
    this.#clock = dependencies.clock
    this.#observer = dependencies.observer
  }

  /** A message was stored at `seq`. */
  message(place: Told, seq: number, mentioned: readonly string[]): void {
    const news = this.#newsOf(place)
    if (news === null) return
    if (seq > news.seq) news.seq = seq
    for (const userId of mentioned) if (news.mentioned.size < MAX_MENTIONED) news.mentioned.add(userId)
  }

  /** The channel, or how many are in it, changed. */
  channel(channel: Channel): void {
    const news = this.#newsOf({ conversationId: channel.id, members: null })
    if (news !== null) news.channel = channel
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#pending.clear()
  }

  #newsOf(place: Told): News | null {
    const known = this.#pending.get(place.conversationId)
    if (known !== undefined) return known
    if (this.#pending.size >= MAX_PENDING) return null
    const news: News = { place, seq: 0, mentioned: new Set(), channel: null }
    this.#pending.set(place.conversationId, news)
    this.#timer ??= this.#clock.after(ACTIVITY_INTERVAL, () => this.#flush())
    return news
  }

  #flush(): void {
    this.#timer = null
    const all = [...this.#pending.values()]
    this.#pending.clear()
    void this.#tellAll(all)
  }

  /** A few at once: each may have to read the members of its channel. */
  async #tellAll(all: readonly News[]): Promise<void> {
    for (let from = 0; from < all.length; from += TOLD_AT_ONCE) {
      const some = all.slice(from, from + TOLD_AT_ONCE)
      await Promise.all(
        some.map((news) =>
          this.#tell(news).catch((error: unknown) => this.#observer.error('activity not told', error)),
        ),
      )
    }
  }

  async #tell({ place, seq, mentioned, channel }: News): Promise<void> {
    const channelId = place.conversationId
    if (channel !== null) {
      await this.#audience.tellOnline(place, () => ({ type: 'channel.changed', channel, role: null }))
    }
    if (seq > 0) {
      await this.#audience.tellOnline(place, (userId) => ({
        type: 'channel.activity',
        channelId,
        seq,
        mention: mentioned.has(userId),
      }))
    }
  }
}
