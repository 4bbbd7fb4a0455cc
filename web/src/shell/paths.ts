import type { ConversationSummary } from '@parley/client'

export const channelPath = (channelId: string): string => `/chat/channel/${encodeURIComponent(channelId)}`
export const directPath = (userId: string): string => `/chat/dm/${encodeURIComponent(userId)}`
export const roomPath = (code: string): string => `/room/${encodeURIComponent(code)}`
export const groupPath = (groupId: string): string => `/g/${encodeURIComponent(groupId)}`

/** Where a conversation is shown: a direct one by its other person. */
export const pathOf = ({ id, kind, peer }: Pick<ConversationSummary, 'id' | 'kind' | 'peer'>): string =>
  kind === 'direct' && peer !== null ? directPath(peer.id) : channelPath(id)

/** The link of one message, which the page of its conversation jumps to. */
export const messagePath = (
  conversation: Pick<ConversationSummary, 'id' | 'kind' | 'peer'>,
  messageId: string,
): string => `${pathOf(conversation)}?message=${encodeURIComponent(messageId)}`
