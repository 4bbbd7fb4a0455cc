export { WhisperDialect, type WhisperOptions } from './server.ts'
export { whisperClientEvents, whisperServerEvents } from './wire.ts'
