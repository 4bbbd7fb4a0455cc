export { openSqliteStore, type SqliteStoreOptions } from './open-sqlite-store.ts'
export { restoreSqlite } from './restore-sqlite.ts'
export { lockForServing, type ServingLock } from './serving-lock.ts'
export type { SqliteStore } from './sqlite-store.ts'
