export { WhisperDialect, type WhisperOptions } from './server.ts'
export type { WhisperEvents, WhisperRequests } from './wire.ts'
export { whisperClientEvents, whisperServerEvents } from './wire.ts'
