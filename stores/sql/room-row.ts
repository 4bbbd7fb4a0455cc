import type { Room } from '@parley/model'

/** A room's row; for both threads. */
export interface RoomRow {
  readonly code: string
  readonly name: string
  readonly creator_id: string
  readonly pin_hash: string | null
  readonly created_at: number
  readonly was_entered: number
}

export const toRoom = (row: RoomRow): Room => ({
  code: row.code,
  name: row.name,
  creatorId: row.creator_id,
  pinHash: row.pin_hash,
  createdAt: row.created_at,
  wasEntered: row.was_entered === 1,
})
