import type { OwnChannelJson } from '@parley/dialect-channels'
import type {
  ChannelsJson,
  GroupJson,
  MembersJson,
  MessagesJson,
  OwnUserJson,
  RoomJson,
  RoomToldJson,
  UserJson,
  UsersJson,
} from '@parley/dialect-rest'
import type { ConversationRole } from './conversation.ts'

/** What the routes take and answer with, from the schemas of the server. */
export type { OwnChannelJson } from '@parley/dialect-channels'
export type {
  ChannelsJson,
  GroupJson,
  MemberJson,
  MembersJson,
  MessageJson,
  MessagesJson,
  OwnUserJson,
  RoomJson,
  RoomToldJson,
  UserJson,
  UsersJson,
} from '@parley/dialect-rest'

export interface PageOptions {
  /** 1 to 100, default 50. */
  readonly limit?: number
  readonly cursor?: string
}

/** The server's REST, typed. Everything rejects with a `ParleyError`; `OFFLINE` when the server cannot be reached. */
export interface Rest {
  readonly users: {
    /** By the beginning of the name. */
    search(text: string, page?: PageOptions): Promise<UsersJson>
    get(userId: string): Promise<UserJson>
  }
  readonly profile: {
    get(): Promise<OwnUserJson>
    update(change: { readonly username?: string; readonly avatar?: string | null }): Promise<OwnUserJson>
  }
  readonly channels: {
    /** One's own, newest activity first. */
    list(page?: PageOptions): Promise<ChannelsJson>
    /** Public ones by name. */
    browse(options?: PageOptions & { readonly search?: string }): Promise<ChannelsJson>
    get(channelId: string): Promise<OwnChannelJson>
    create(channel: {
      readonly name: string
      readonly isPrivate?: boolean
      readonly memberIds?: readonly string[]
    }): Promise<OwnChannelJson>
    update(
      channelId: string,
      change: { readonly name?: string; readonly isPrivate?: boolean; readonly archived?: boolean },
    ): Promise<OwnChannelJson>
    join(channelId: string): Promise<OwnChannelJson>
    /** The direct conversation with a user; made when there is none. */
    openDirect(userId: string): Promise<OwnChannelJson>
    leave(channelId: string): Promise<void>
    members(channelId: string, page?: PageOptions): Promise<MembersJson>
    /** Answers with the ids that were added. */
    invite(channelId: string, userIds: readonly string[]): Promise<readonly string[]>
    setRole(channelId: string, userId: string, role: ConversationRole): Promise<void>
    removeMember(channelId: string, userId: string): Promise<void>
  }
  readonly rooms: {
    create(room: { readonly name: string; readonly pin: string }): Promise<RoomToldJson>
    join(roomCode: string, pin: string): Promise<RoomToldJson>
    get(roomCode: string): Promise<RoomJson>
  }
  readonly groups: {
    /** Null: there is none. */
    get(groupId: string): Promise<GroupJson | null>
  }
  /** Messages that one may see and that hold all the words. */
  search(text: string, page?: PageOptions): Promise<MessagesJson>
}
