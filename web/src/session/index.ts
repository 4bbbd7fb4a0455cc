export type { SessionUser } from './kept-user.ts'
export { useMe } from './use-me.ts'
