import type { Directory, DirectoryUser, Page } from '@parley/core'
import { clampLimit, toPage } from './paging.ts'
import type { StoreQueries } from './queries.ts'
import { type QueryRunner, read } from './reader.ts'
import { toDirectoryUser } from './rows.ts'

const MAX_IDS = 1_000
const MAX_LIST = 100
/** Sorts after every character. */
export const LAST_CHARACTER = '\u{10FFFF}'

/** Accounts as Better Auth wrote them: `username` is their name in lower case. */
export class SqlDirectory implements Directory {
  readonly #runner: QueryRunner
  readonly #queries: StoreQueries

  constructor(runner: QueryRunner, queries: StoreQueries) {
    this.#runner = runner
    this.#queries = queries
  }

  async find(id: string): Promise<DirectoryUser | null> {
    const [row] = await read(this.#runner, this.#queries.find, { id })
    return row === undefined ? null : toDirectoryUser(row)
  }

  async findMany(ids: readonly string[]): Promise<DirectoryUser[]> {
    if (ids.length === 0) return []
    const rows = await read(this.#runner, this.#queries.findMany, {
      ids: JSON.stringify(ids.slice(0, MAX_IDS)),
    })
    return rows.map(toDirectoryUser)
  }

  async findByName(username: string): Promise<DirectoryUser | null> {
    const [row] = await read(this.#runner, this.#queries.findByName, { username: username.toLowerCase() })
    return row === undefined ? null : toDirectoryUser(row)
  }

  async list(query: {
    search?: string
    after?: string
    limit: number
  }): Promise<Page<DirectoryUser, string>> {
    const limit = clampLimit(query.limit, MAX_LIST)
    const from = query.search?.toLowerCase() ?? ''
    const rows = await read(this.#runner, this.#queries.list, {
      after: query.after?.toLowerCase() ?? '',
      from,
      to: from + LAST_CHARACTER,
      now: new Date().toISOString(),
      limit: limit + 1,
    })
    return toPage(rows, limit, toDirectoryUser, (last) => toDirectoryUser(last).username)
  }
}
