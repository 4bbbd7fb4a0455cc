import type { CreateRoomOp, EnterRoomOp, RoomOp, RoomOutcome } from '@parley/core'
import type { Room } from '@parley/model'
import { type RoomRow, toRoom } from './room-row.ts'
import { ROOM_WRITE } from './room-statements.ts'
import { has, number, row, run, type Work } from './work.ts'
import type { WriteFlavour } from './write-flavour.ts'

const NOT_FOUND: RoomOutcome = { kind: 'not-found' }

/** Keeps what is known of whisper rooms, inside the batch's transaction. */
export class RoomWriter {
  readonly #findRoom: string

  constructor({ lock }: Pick<WriteFlavour, 'lock'>) {
    this.#findRoom = ROOM_WRITE.findRoom + lock
  }

  *apply(op: RoomOp): Work<RoomOutcome> {
    const room = yield* this.#find(op.code)
    switch (op.kind) {
      case 'create-room':
        return yield* this.#create(room, op)
      case 'enter-room':
        return yield* this.#enter(room, op)
      case 'admit-to-room':
        return room === undefined ? NOT_FOUND : yield* this.#seat(room, op.userId)
      case 'leave-room':
        return room === undefined ? NOT_FOUND : yield* this.#part(room, op.userId)
      case 'close-room':
        if (room !== undefined) yield* this.#close(room)
        return { kind: 'done' }
    }
  }

  *#create(there: Room | undefined, { code, name, creatorId, pinHash, at }: CreateRoomOp): Work<RoomOutcome> {
    if (there !== undefined || (yield* this.#isRetired(code))) return { kind: 'taken' }
    return yield* this.#open({ code, name, creatorId, pinHash, createdAt: at, wasEntered: false })
  }

  *#enter(room: Room | undefined, { code, userId, at }: EnterRoomOp): Work<RoomOutcome> {
    if (room === undefined) {
      if (yield* this.#isRetired(code)) return NOT_FOUND
      const made = { code, name: code, creatorId: userId, pinHash: null, createdAt: at, wasEntered: true }
      return yield* this.#open(made)
    }
    if (room.pinHash !== null && !(yield* has(ROOM_WRITE.findRoomMember, code, userId))) {
      return { kind: 'pin-required' }
    }
    if (!room.wasEntered) yield* run(ROOM_WRITE.markEntered, code)
    return yield* this.#seat({ ...room, wasEntered: true }, userId)
  }

  *#open(room: Room): Work<RoomOutcome> {
    const { code, name, creatorId, pinHash, createdAt, wasEntered } = room
    yield* run(ROOM_WRITE.addRoom, code, name, creatorId, pinHash, createdAt, wasEntered ? 1 : 0)
    return yield* this.#seat(room, creatorId)
  }

  /** Makes somebody a member who is none, behind those who are. */
  *#seat(room: Room, userId: string): Work<RoomOutcome> {
    const member = yield* row<{ has_left: number }>(ROOM_WRITE.findRoomMember, room.code, userId)
    if (member?.has_left !== 0) {
      const joinNo = yield* number(ROOM_WRITE.nextRoomJoinNo, room.code)
      yield* run(ROOM_WRITE.addRoomMember, room.code, userId, joinNo)
    }
    return { kind: 'room', room }
  }

  *#part(room: Room, userId: string): Work<RoomOutcome> {
    yield* run(ROOM_WRITE.leaveRoom, room.code, userId)
    const heir = (yield* row<{ user_id: string }>(ROOM_WRITE.findOldestInRoom, room.code))?.user_id
    if (room.creatorId !== userId || heir === undefined) return { kind: 'room', room }
    yield* run(ROOM_WRITE.setCreator, heir, room.code)
    return { kind: 'room', room: { ...room, creatorId: heir } }
  }

  *#close({ code, pinHash }: Room): Work<void> {
    if (pinHash !== null) yield* run(ROOM_WRITE.retire, code)
    yield* run(ROOM_WRITE.removeRoomMembers, code)
    yield* run(ROOM_WRITE.removeRoom, code)
  }

  *#find(code: string): Work<Room | undefined> {
    const found = yield* row<RoomRow>(this.#findRoom, code)
    return found === undefined ? undefined : toRoom(found)
  }

  *#isRetired(code: string): Work<boolean> {
    return yield* has(ROOM_WRITE.findRetired, code)
  }
}
