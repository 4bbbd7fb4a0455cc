export { type ChatOptions, ChatServer } from './server.ts'
export type { ChatSession } from './session.ts'
export { CLOSE, clientFrames, serverFrames } from './wire.ts'
