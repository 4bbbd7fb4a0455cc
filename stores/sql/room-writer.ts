import type { CreateRoomOp, EnterRoomOp, RoomOp, RoomOutcome } from '@parley/core'
import type { Room } from '@parley/model'
import type { Database, Statement } from 'better-sqlite3'
import { type RoomRow, toRoom } from './room-row.ts'
import { ROOM_WRITE } from './room-statements.ts'

const NOT_FOUND: RoomOutcome = { kind: 'not-found' }

/** Keeps what is known of whisper rooms, inside the batch's transaction. */
export class RoomWriter {
  readonly #findRoom: Statement
  readonly #addRoom: Statement
  readonly #markEntered: Statement
  readonly #setCreator: Statement
  readonly #removeRoom: Statement
  readonly #retire: Statement
  readonly #findRetired: Statement
  readonly #findMember: Statement
  readonly #nextJoinNo: Statement
  readonly #addMember: Statement
  readonly #leave: Statement
  readonly #findOldest: Statement
  readonly #removeMembers: Statement

  constructor(db: Database) {
    this.#findRoom = db.prepare(ROOM_WRITE.findRoom)
    this.#addRoom = db.prepare(ROOM_WRITE.addRoom)
    this.#markEntered = db.prepare(ROOM_WRITE.markEntered)
    this.#setCreator = db.prepare(ROOM_WRITE.setCreator)
    this.#removeRoom = db.prepare(ROOM_WRITE.removeRoom)
    this.#retire = db.prepare(ROOM_WRITE.retire)
    this.#findRetired = db.prepare(ROOM_WRITE.findRetired)
    this.#findMember = db.prepare(ROOM_WRITE.findRoomMember).pluck()
    this.#nextJoinNo = db.prepare(ROOM_WRITE.nextRoomJoinNo).pluck()
    this.#addMember = db.prepare(ROOM_WRITE.addRoomMember)
    this.#leave = db.prepare(ROOM_WRITE.leaveRoom)
    this.#findOldest = db.prepare(ROOM_WRITE.findOldestInRoom).pluck()
    this.#removeMembers = db.prepare(ROOM_WRITE.removeRoomMembers)
  }

  apply(op: RoomOp): RoomOutcome {
    const room = this.#find(op.code)
    switch (op.kind) {
      case 'create-room':
        return this.#create(room, op)
      case 'enter-room':
        return this.#enter(room, op)
      case 'admit-to-room':
        return room === undefined ? NOT_FOUND : this.#seat(room, op.userId)
      case 'leave-room':
        return room === undefined ? NOT_FOUND : this.#part(room, op.userId)
      case 'close-room':
        if (room !== undefined) this.#close(room)
        return { kind: 'done' }
    }
  }

  #create(there: Room | undefined, { code, name, creatorId, pinHash, at }: CreateRoomOp): RoomOutcome {
    if (there !== undefined || this.#isRetired(code)) return { kind: 'taken' }
    return this.#open({ code, name, creatorId, pinHash, createdAt: at, wasEntered: false })
  }

  #enter(room: Room | undefined, { code, userId, at }: EnterRoomOp): RoomOutcome {
    if (room === undefined) {
      if (this.#isRetired(code)) return NOT_FOUND
      const made = { code, name: code, creatorId: userId, pinHash: null, createdAt: at, wasEntered: true }
      return this.#open(made)
    }
    if (room.pinHash !== null && this.#findMember.get(code, userId) === undefined) {
      return { kind: 'pin-required' }
    }
    if (!room.wasEntered) this.#markEntered.run(code)
    return this.#seat({ ...room, wasEntered: true }, userId)
  }

  #open(room: Room): RoomOutcome {
    const { code, name, creatorId, pinHash, createdAt, wasEntered } = room
    this.#addRoom.run(code, name, creatorId, pinHash, createdAt, wasEntered ? 1 : 0)
    return this.#seat(room, creatorId)
  }

  /** Makes somebody a member who is none, behind those who are. */
  #seat(room: Room, userId: string): RoomOutcome {
    const isMember = this.#findMember.get(room.code, userId) === 0
    if (!isMember) this.#addMember.run(room.code, userId, this.#nextJoinNo.get(room.code))
    return { kind: 'room', room }
  }

  #part(room: Room, userId: string): RoomOutcome {
    this.#leave.run(room.code, userId)
    const heir = this.#findOldest.get(room.code) as string | undefined
    if (room.creatorId !== userId || heir === undefined) return { kind: 'room', room }
    this.#setCreator.run(heir, room.code)
    return { kind: 'room', room: { ...room, creatorId: heir } }
  }

  #close({ code, pinHash }: Room): void {
    if (pinHash !== null) this.#retire.run(code)
    this.#removeMembers.run(code)
    this.#removeRoom.run(code)
  }

  #find(code: string): Room | undefined {
    const row = this.#findRoom.get(code) as RoomRow | undefined
    return row === undefined ? undefined : toRoom(row)
  }

  #isRetired(code: string): boolean {
    return this.#findRetired.get(code) !== undefined
  }
}
