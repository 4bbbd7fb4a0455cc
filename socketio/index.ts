export * from './dialect.ts'
export { type SocketIoOptions, SocketIoServer } from './server.ts'
