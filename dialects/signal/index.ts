export { type SignalOptions, SignalServer } from './server.ts'
export type { SignalSession } from './session.ts'
export { signalClientFrames, signalServerFrames } from './wire.ts'
