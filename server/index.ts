export { type RunningServer, startServer } from './compose.ts'
