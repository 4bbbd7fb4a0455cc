import type { Kysely } from 'kysely'
import { compileRead } from './compiled-query.ts'
import type { StoreDatabase } from './schema.ts'

const ROOM_COLUMNS = ['code', 'name', 'creator_id', 'pin_hash', 'created_at', 'was_entered'] as const

const room = (db: Kysely<StoreDatabase>) =>
  compileRead(({ code }: { code: string }) =>
    db.selectFrom('rooms').where('code', '=', code).select(ROOM_COLUMNS),
  )

const rooms = (db: Kysely<StoreDatabase>) =>
  compileRead(({ after, limit }: { after: string; limit: number }) =>
    db.selectFrom('rooms').where('code', '>', after).select(ROOM_COLUMNS).orderBy('code').limit(limit),
  )

const roomMemberIds = (db: Kysely<StoreDatabase>) =>
  compileRead(({ code, limit }: { code: string; limit: number }) =>
    db
      .selectFrom('room_members')
      .where('code', '=', code)
      .where('has_left', '=', 0)
      .select('user_id')
      .orderBy('join_no')
      .limit(limit),
  )

export const roomQueries = (db: Kysely<StoreDatabase>) => ({
  room: room(db),
  rooms: rooms(db),
  roomMemberIds: roomMemberIds(db),
})
