import type { LeaseNews, LeaseRecords } from './lease-records.ts'
import type { RedisLink } from './redis-link.ts'

/** How long a call waits for the news of what it did itself (ms): they come over the other connection. */
const OWN_NEWS_PATIENCE = 500

/** Changes of leases as Redis tells them: numbered, so that a hole shows. */
export class NewsFeed {
  readonly #link: RedisLink
  readonly #records: LeaseRecords
  readonly #channel: string
  readonly #onNews: (news: LeaseNews) => void
  readonly #onGap: () => void
  readonly #onInvalid: () => void
  readonly #waiting = new Map<() => void, number>()
  #last = 0

  constructor(options: {
    link: RedisLink
    records: LeaseRecords
    channel: string
    onNews: (news: LeaseNews) => void
    onGap: () => void
    onInvalid: () => void
  }) {
    this.#link = options.link
    this.#records = options.records
    this.#channel = options.channel
    this.#onNews = options.onNews
    this.#onGap = options.onGap
    this.#onInvalid = options.onInvalid
    this.#link.subscriber.on('message', (channel: string, text: string) => {
      if (channel === this.#channel) this.#hear(text)
    })
  }

  /** Listens anew: what is told from number `last()` on is heard, or missed by a hole that shows. */
  async resume(last: () => Promise<number>): Promise<void> {
    await this.#link.subscriber.subscribe(this.#channel)
    this.#last = await last()
  }

  /** Resolves when the news of this number was heard, or after a while. */
  heard(number: number): Promise<void> {
    if (number <= this.#last) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(done)
        resolve()
      }
      const timer = setTimeout(done, OWN_NEWS_PATIENCE)
      this.#waiting.set(done, number)
    })
  }

  #hear(text: string): void {
    const news = this.#records.decodeNews(text)
    if (news === null) {
      this.#onInvalid()
      return
    }
    // Told before this node listened, and in what it read since.
    if (news.number === this.#last) return
    const isNext = news.number === this.#last + 1
    this.#last = news.number
    this.#onNews(news)
    for (const [done, number] of this.#waiting) if (number <= news.number) done()
    if (!isNext) this.#onGap()
  }
}
