export { PeerjsServer } from './server.ts'
