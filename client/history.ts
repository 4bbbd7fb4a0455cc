import type { ChannelMessagesJson, MembersJson } from '@parley/dialect-rest'
import type { Http } from './http.ts'
import type { Stored } from './timeline.ts'

/** Messages of one page. */
export const PAGE = 50

/** Pages of what is stored. Everything rejects with a `ParleyError`. */
export interface History {
  /** The newest messages before a position, or of all, in any order. */
  before(channelId: string, seq: number | undefined): Promise<readonly Stored[]>
  members(channelId: string, cursor?: string): Promise<MembersJson>
}

export const createHistory = (http: Http): History => {
  const pathOf = (channelId: string, what: string) => `/api/channels/${encodeURIComponent(channelId)}/${what}`
  return {
    before: async (channelId, seq) => {
      const query = { before: seq, limit: PAGE }
      const page = http.request<ChannelMessagesJson>('GET', pathOf(channelId, 'messages'), { query })
      return (await page).messages
    },
    members: (channelId, cursor) =>
      http.request<MembersJson>('GET', pathOf(channelId, 'members'), { query: { limit: 100, cursor } }),
  }
}
