export { listedMessage, listedMessages, ownChannel } from './codec.ts'
export { ChannelsDialect } from './server.ts'
export * from './wire.ts'
