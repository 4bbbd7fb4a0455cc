import type { RoomReads, RoomView } from '@parley/core'
import type { Room } from '@parley/model'
import { clampLimit } from './paging.ts'
import type { StoreQueries } from './queries.ts'
import { type QueryRunner, read } from './reader.ts'
import { toRoom } from './room-row.ts'

/** Most members of a room that a view names, and most rooms of a list. */
const MAX_LISTED = 1_000

/** What is known of whisper rooms. */
export class SqlRoomReads implements RoomReads {
  readonly #runner: QueryRunner
  readonly #queries: StoreQueries

  constructor(runner: QueryRunner, queries: StoreQueries) {
    this.#runner = runner
    this.#queries = queries
  }

  async room(code: string): Promise<RoomView | null> {
    const [[row], members] = await Promise.all([
      read(this.#runner, this.#queries.room, { code }),
      read(this.#runner, this.#queries.roomMemberIds, { code, limit: MAX_LISTED }),
    ])
    return row === undefined ? null : { room: toRoom(row), memberIds: members.map(({ user_id }) => user_id) }
  }

  async rooms(query: { after?: string; limit: number }): Promise<readonly Room[]> {
    const limit = clampLimit(query.limit, MAX_LISTED)
    return (await read(this.#runner, this.#queries.rooms, { after: query.after ?? '', limit })).map(toRoom)
  }
}
