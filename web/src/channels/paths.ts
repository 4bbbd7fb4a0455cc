/** Paths of the app's conversations. */
export const channelPath = (channelId: string): string => `/chat/channel/${encodeURIComponent(channelId)}`
export const directPath = (userId: string): string => `/chat/dm/${encodeURIComponent(userId)}`
/** Where one is sent from a conversation that is one's own no longer. */
export const HOME_PATH = '/'
