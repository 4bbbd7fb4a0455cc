export { type HubOptions, HubServer } from './server.ts'
export type { HubSession } from './session.ts'
export { hubClientFrames, hubServerFrames } from './wire.ts'
