import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OutcomeOf, WriteOp } from '@parley/core'
import { newId } from '@parley/model'
import type { NewUser, StoreHarness } from '@parley/testkit'
import type { Database } from 'better-sqlite3'
import { Kysely } from 'kysely'
import { Committer } from '../committer.ts'
import { openSqliteStore, type SqliteStore, type SqliteStoreOptions } from '../index.ts'
import { decodeOutcome, encodeOp } from '../op-codec.ts'
import { openWriter } from '../open-database.ts'
import { storeQueries } from '../queries.ts'
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

export interface CommitterHarness {
  readonly db: Database
  /** One batch, as the writer's thread applies it. */
  commit<const Ops extends readonly WriteOp[]>(ops: Ops): { readonly [K in keyof Ops]: OutcomeOf<Ops[K]> }
  close(): void
}

/** A writing connection in this thread, where a test can look at what is written. */
export function openCommitter(): CommitterHarness {
  const folder = makeFolder()
  const db = openWriter({ file: join(folder.path, 'c.db'), role: 'writer', maxPages: null })
  const committer = new Committer(db)
  const queries = storeQueries('sqlite')
  return {
    db,
    commit<const Ops extends readonly WriteOp[]>(ops: Ops) {
      const outcomes = committer.commit(ops.map((op) => encodeOp(op, queries)))
      return outcomes.map((outcome, index) => decodeOutcome(ops[index]!, outcome)) as unknown as {
        readonly [K in keyof Ops]: OutcomeOf<Ops[K]>
      }
    },
    close() {
      db.close()
      folder.remove()
    },
  }
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
