/** As the server allows (model/channel.ts). */
export const MAX_CHANNEL_NAME = 100
/** Most people one request brings into a channel. */
export const MAX_INVITED = 100

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/iu

/** Any GUID is a channel's id; anything else in a path is its name. */
export const isChannelId = (text: string): boolean => GUID.test(text)

const folded = (name: string): string => name.trim().toLocaleLowerCase()

/** The one called exactly that, else the first called so whatever the case; undefined: none. */
export const namedSo = <T extends { readonly name: string | null }>(
  channels: readonly T[],
  name: string,
): T | undefined =>
  channels.find((channel) => channel.name === name.trim()) ??
  channels.find((channel) => channel.name !== null && folded(channel.name) === folded(name))
