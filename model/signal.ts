/** Most members of one group (wire, "signal"). */
export const MAX_GROUP_MEMBERS = 50

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const ID_LENGTH = 21

/** 126 random bits in url-safe characters. */
const randomName = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(ID_LENGTH)), (byte) => ALPHABET[byte & 63]).join('')

export const newGroupId = (): string => `group_${randomName()}`

/** Who is in a group gets a new id with every entry: one that was told to have left never comes back. */
export const newParticipantId = (): string => `user_${randomName()}`

export interface Group {
  readonly id: string
  readonly name: string
  /** Epoch ms. */
  readonly createdAt: number
}

/** Somebody in a group, by one connection. */
export interface GroupMember {
  /** Of this entry, not of an account. */
  readonly userId: string
  /** As the member chose it for this group. */
  readonly username: string
  /** Where WebRTC calls reach the member; null: nowhere yet. */
  readonly peerId: string | null
  /** The account behind it; null: a guest. */
  readonly accountId: string | null
}

/** Somebody rings: one peer, or every device of an account that has a peer id. */
export interface Call {
  readonly id: string
  readonly fromPeerId: string
  readonly fromUsername: string
  /** Null: a guest. */
  readonly fromAccountId: string | null
  readonly to: { readonly peerId: string } | { readonly accountId: string }
}
