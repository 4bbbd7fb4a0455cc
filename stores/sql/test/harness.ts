import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '@parley/model'
import type { NewUser, StoreHarness } from '@parley/testkit'
import { Kysely } from 'kysely'
import { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from '../index.ts'
import type { StoreDatabase } from '../schema.ts'

export interface SqliteHarness extends StoreHarness {
  readonly store: SqliteStore
  readonly file: string
}

/** Writes an account the way Better Auth does. */
export async function addUser(store: SqliteStore, user: NewUser) {
  const { id = newId(), username, disabled = false, role = 'user', avatar = null } = user
  const now = new Date().toISOString()
  await new Kysely<StoreDatabase>({ dialect: store.kyselyDialect })
    .insertInto('user')
    .values({
      ...{ id, name: username, email: `${id}@example.test`, emailVerified: 0, image: avatar },
      ...{ createdAt: now, updatedAt: now, username: username.toLowerCase(), displayUsername: username },
      ...{ role: role === 'admin' ? 'user,admin' : 'user', isAnonymous: role === 'guest' ? 1 : 0 },
      ...{ banned: disabled ? 1 : 0, banReason: null, banExpires: null },
    })
    .execute()
  const found = await store.directory.find(id)
  if (found === null) throw new Error('the account was not stored')
  return found
}

/** A folder that goes with `remove`. */
export function makeFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'parley-store-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export async function openHarness(options: Partial<SqliteStoreOptions> = {}): Promise<SqliteHarness> {
  const folder = makeFolder()
  const file = join(folder.path, 'parley.db')
  const opened = [await openSqliteStore({ file, ...options })]
  const store = opened[0]!
  return {
    store,
    file,
    addUser: (user) => addUser(store, user),
    async reopen() {
      await Promise.all(opened.map((each) => each.close()))
      const next = await openSqliteStore({ file, ...options })
      opened.push(next)
      return next
    },
    async close() {
      await Promise.all(opened.map((each) => each.close()))
      folder.remove()
    },
  }
}
