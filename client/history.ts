import type { ChannelMessagesJson, MembersJson } from '@parley/dialect-rest'
import type { Http } from './http.ts'
import type { Stored } from './timeline.ts'

/** Messages of one page. */
export const PAGE = 50

/** Pages of what is stored. Everything rejects with a `ParleyError`. */
export class History {
  readonly #http: Http

  constructor(http: Http) {
    this.#http = http
  }

  /** The newest messages before a position, or of all, in any order. */
  async before(channelId: string, seq: number | undefined): Promise<readonly Stored[]> {
    const { messages } = await this.#http.request<ChannelMessagesJson>(
      'GET',
      `/api/channels/${encodeURIComponent(channelId)}/messages`,
      { query: { before: seq, limit: PAGE } },
    )
    return messages
  }

  members(channelId: string, cursor?: string): Promise<MembersJson> {
    return this.#http.request<MembersJson>('GET', `/api/channels/${encodeURIComponent(channelId)}/members`, {
      query: { limit: 100, cursor },
    })
  }
}
