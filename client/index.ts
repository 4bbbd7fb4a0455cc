export type { ChannelMessageJson, OwnChannelJson } from '@parley/dialect-channels'
export type {
  GroupJson,
  MemberJson,
  MembersJson,
  MessageJson,
  OwnUserJson,
  RoomJson,
  UserJson,
} from '@parley/dialect-rest'
export * from './api/call.ts'
export * from './api/connection.ts'
export * from './api/conversation.ts'
export * from './api/error.ts'
export * from './api/message.ts'
export * from './api/observable.ts'
export * from './api/parley.ts'
export * from './api/presence.ts'
export * from './api/rest.ts'
export * from './api/room.ts'
export * from './api/session.ts'
export * from './api/storage.ts'
export { type CallsOptions, createCalls } from './calls/calls.ts'
export { createParley } from './create-parley.ts'
export { createHttp, type Http } from './http.ts'
export { createRest } from './rest.ts'
export { createSessions } from './sessions.ts'
export { indexedDbStorage } from './storage/indexed-db.ts'
export { localStorageOutbox } from './storage/local-storage.ts'
export { memoryStorage } from './storage/memory.ts'
