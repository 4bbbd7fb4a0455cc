import type { ConversationRole } from '@parley/client'

/** Who may do what in a channel, as the server has it: what it would refuse is not offered. Null: no member. */
type Role = ConversationRole | null

const RANK: Readonly<Record<ConversationRole, number>> = { owner: 3, moderator: 2, member: 1 }

export const mayRename = (role: Role): boolean => role === 'owner' || role === 'moderator'

/** Private or public, archived or in use. */
export const mayGovern = (role: Role): boolean => role === 'owner'

/** Into a public channel everyone may bring others; into a private one only who runs it. */
export const mayInvite = (role: Role, isPrivate: boolean): boolean =>
  role !== null && (!isPrivate || role !== 'member')

export const mayRemove = (role: Role, target: ConversationRole): boolean =>
  role !== null && role !== 'member' && RANK[role] > RANK[target]

/** The roles that somebody with `role` can give to a member who has `target`. */
export const rolesToGive = (role: Role, target: ConversationRole): readonly ConversationRole[] =>
  role !== 'owner' || target === 'owner'
    ? []
    : (['owner', 'moderator', 'member'] as const).filter((one) => one !== target)
