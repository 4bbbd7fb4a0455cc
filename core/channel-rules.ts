import type { ChannelRole } from '@parley/model'

/** Who may do what in a channel. A stranger (`null`) may nothing but join and look at what is public. */

const RANK: Record<ChannelRole, number> = { owner: 3, moderator: 2, member: 1 }

export const mayRename = (role: ChannelRole | null): boolean => role === 'owner' || role === 'moderator'

/** Private or public, archived or in use. */
export const mayGovern = (role: ChannelRole | null): boolean => role === 'owner'

/** Into a public channel everyone may bring others; into a private one only who runs it. */
export const mayInvite = (role: ChannelRole | null, isPrivate: boolean): boolean =>
  role !== null && (!isPrivate || role !== 'member')

/** Moderators remove members, the owner everyone else. */
export const mayRemove = (role: ChannelRole | null, target: ChannelRole): boolean =>
  role !== null && role !== 'member' && RANK[role] > RANK[target]

/** Roles are the owner's to give; also the owner's own, to a successor. */
export const mayGiveRole = (role: ChannelRole | null): boolean => role === 'owner'
