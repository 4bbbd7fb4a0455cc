import type { OwnChannelJson } from '@parley/dialect-channels'
import type { ChannelMessagesJson, ChannelsJson, MembersJson } from '@parley/dialect-rest'
import { ParleyError } from './api/error.ts'
import { Backoff } from './backoff.ts'
import type { Environment } from './environment.ts'
import type { Http } from './http.ts'
import type { Stored } from './timeline.ts'

/** Messages of one page. */
export const PAGE = 50
/** Conversations of one page. */
const LIST_PAGE = 100
/** Nobody asks for a page a second time, so it is tried a few times before it counts as missing. */
const TRIES = 4
/** Longest wait (ms) between two of them, whatever the server asks for: somebody looks at an empty list. */
const MAX_WAIT = 5_000

/** Pages of what is stored. Everything rejects with a `ParleyError`. */
export interface History {
  /** The user's conversations, the newest first; about `most`. */
  channels(most: number): Promise<readonly OwnChannelJson[]>
  /** The newest messages before a position, or of all, in any order. */
  before(channelId: string, seq: number | undefined): Promise<readonly Stored[]>
  members(channelId: string, cursor?: string): Promise<MembersJson>
}

export const createHistory = (http: Http, environment: Environment): History => {
  const pathOf = (channelId: string, what: string) => `/api/channels/${encodeURIComponent(channelId)}/${what}`
  return {
    async channels(most) {
      const channels: OwnChannelJson[] = []
      let cursor: string | undefined
      do {
        const query = { limit: LIST_PAGE, cursor }
        const page = await http.request<ChannelsJson>('GET', '/api/channels', { query })
        channels.push(...page.channels)
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined && channels.length < most)
      return channels
    },
    before: (channelId, seq) =>
      patiently(environment, async () => {
        const query = { before: seq, limit: PAGE }
        const page = http.request<ChannelMessagesJson>('GET', pathOf(channelId, 'messages'), { query })
        return (await page).messages
      }),
    members: (channelId, cursor) =>
      http.request<MembersJson>('GET', pathOf(channelId, 'members'), { query: { limit: 100, cursor } }),
  }
}

/** Tries again what may succeed the next time. */
const patiently = async <T>(environment: Environment, run: () => Promise<T>): Promise<T> => {
  const backoff = new Backoff(environment)
  for (let tries = 1; ; tries += 1) {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof ParleyError && error.canRetry) || tries === TRIES) throw error
      const wait = Math.min(MAX_WAIT, (error.retryAfterMs ?? 0) + backoff.next())
      await new Promise<void>((resolve) => void environment.after(wait, resolve))
    }
  }
}
