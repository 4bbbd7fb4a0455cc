/** What the writer runs for rooms; the rules of `WRITE` hold here too. */
export const ROOM_WRITE = {
  findRoom: 'select code, name, creator_id, pin_hash, created_at, was_entered from rooms where code = ?',
  addRoom: `insert into rooms (code, name, creator_id, pin_hash, created_at, was_entered)
    values (?, ?, ?, ?, ?, ?)`,
  markEntered: 'update rooms set was_entered = 1 where code = ?',
  setCreator: 'update rooms set creator_id = ? where code = ?',
  removeRoom: 'delete from rooms where code = ?',
  retire: 'insert into retired_codes (code) values (?) on conflict do nothing',
  findRetired: 'select 1 from retired_codes where code = ?',
  findRoomMember: 'select has_left from room_members where code = ? and user_id = ?',
  nextRoomJoinNo: 'select coalesce(max(join_no), 0) + 1 as n from room_members where code = ?',
  addRoomMember: `insert into room_members (code, user_id, join_no, has_left) values (?, ?, ?, 0)
    on conflict (code, user_id) do update set join_no = excluded.join_no, has_left = 0`,
  leaveRoom: 'update room_members set has_left = 1 where code = ? and user_id = ?',
  findOldestInRoom: `select user_id from room_members where code = ? and has_left = 0 order by join_no limit 1`,
  removeRoomMembers: 'delete from room_members where code = ?',
} as const
