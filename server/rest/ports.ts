import type {
  ChannelMessages,
  Channels,
  DirectMessages,
  Directory,
  Groups,
  LimitAnswer,
  LimitName,
  OnlineSnapshot,
  Rooms,
} from '@parley/core'
import type { User } from '@parley/model'

/** The counters, as REST uses them. */
export interface RestLimits {
  /** Counts one and says whether it was within the limit. */
  hit(name: LimitName, subject: string): LimitAnswer
  /** Would the next be? Counts nothing. */
  peek(name: LimitName, subject: string): LimitAnswer
}

/** What the routes need of the core, and nothing more. */
export interface RestCore {
  readonly direct: Pick<DirectMessages, 'send' | 'history' | 'conversations' | 'search'> & {
    markRead(reader: User, peerId: string): Promise<{ readonly markedCount: number }>
  }
  readonly channels: Pick<
    Channels,
    | 'create'
    | 'openDirect'
    | 'get'
    | 'list'
    | 'browse'
    | 'join'
    | 'invite'
    | 'leave'
    | 'remove'
    | 'update'
    | 'setRole'
    | 'members'
    | 'messages'
  >
  readonly channelMessages: Pick<ChannelMessages, 'send'>
  readonly rooms: Pick<Rooms, 'create' | 'admit' | 'get' | 'leaveAll'>
  readonly groups: Pick<Groups, 'find'>
  readonly presence: {
    isOnline(userId: string): boolean
    online(): OnlineSnapshot
  }
  readonly limits: RestLimits
  readonly directory: Directory
  /** To every hub connection. */
  announce(text: string): void
  isBusUp(): boolean
  /** Rejects while the store is away. */
  pingStore(): Promise<void>
}
