import { migratePostgres } from './postgres-migrate.ts'
import { PostgresPool, type PostgresPoolOptions } from './postgres-pool.ts'
import { PostgresStore } from './postgres-store.ts'
import { storeQueries } from './queries.ts'

/**
 * Opens the store, bringing the schema of the database up to date; several nodes may do so at once. Rejects, in words for a
 * person, when the database cannot be reached or must not be opened.
 */
export async function openPostgresStore(options: PostgresPoolOptions): Promise<PostgresStore> {
  const pool = new PostgresPool(options)
  try {
    await migratePostgres(pool, options.url)
    return new PostgresStore(pool, storeQueries('postgres'), { maxConnections: options.maxConnections ?? 20 })
  } catch (error) {
    await pool.close()
    throw error
  }
}
