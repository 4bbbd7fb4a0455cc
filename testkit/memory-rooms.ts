import type { RoomOp, RoomOutcome, RoomReads, RoomView } from '@parley/core'
import type { Room } from '@parley/model'
import { clamp } from './memory-paging.ts'

interface MemoryRoom {
  room: Room
  /** In the order in which they came. */
  readonly memberIds: Set<string>
  readonly admitted: Set<string>
}

const NOT_FOUND: RoomOutcome = { kind: 'not-found' }
const MAX_LISTED = 1_000

/** The whisper rooms of a `MemoryStore`. */
export class MemoryRooms {
  readonly #rooms = new Map<string, MemoryRoom>()
  /** Codes that had a PIN. */
  readonly #retired = new Set<string>()

  apply(op: RoomOp): RoomOutcome {
    const found = this.#rooms.get(op.code)
    switch (op.kind) {
      case 'create-room':
        if (found !== undefined || this.#retired.has(op.code)) return { kind: 'taken' }
        return this.#open(op.code, op.name, op.creatorId, op.pinHash, op.at)
      case 'enter-room':
        return this.#enter(found, op.code, op.userId, op.at)
      case 'admit-to-room':
        return found === undefined ? NOT_FOUND : seat(found, op.userId, found.room)
      case 'leave-room':
        return found === undefined ? NOT_FOUND : leave(found, op.userId)
      case 'close-room':
        if (found !== undefined && found.room.pinHash !== null) this.#retired.add(op.code)
        this.#rooms.delete(op.code)
        return { kind: 'done' }
    }
  }

  view(code: string): RoomView | null {
    const found = this.#rooms.get(code)
    return found === undefined
      ? null
      : { room: found.room, memberIds: [...found.memberIds].slice(0, MAX_LISTED) }
  }

  list({ after = '', limit }: Parameters<RoomReads['rooms']>[0]): readonly Room[] {
    return [...this.#rooms.values()]
      .map(({ room }) => room)
      .filter(({ code }) => code > after)
      .sort((a, b) => (a.code < b.code ? -1 : 1))
      .slice(0, clamp(limit, MAX_LISTED))
  }

  #open(code: string, name: string, creatorId: string, pinHash: string | null, at: number): RoomOutcome {
    const room = { code, name, creatorId, pinHash, createdAt: at, wasEntered: pinHash === null }
    this.#rooms.set(code, { room, memberIds: new Set([creatorId]), admitted: new Set([creatorId]) })
    return { kind: 'room', room }
  }

  #enter(found: MemoryRoom | undefined, code: string, userId: string, at: number): RoomOutcome {
    if (this.#retired.has(code)) return NOT_FOUND
    if (found === undefined) return this.#open(code, code, userId, null, at)
    if (found.room.pinHash !== null && !found.admitted.has(userId)) return { kind: 'pin-required' }
    return seat(found, userId, { ...found.room, wasEntered: true })
  }
}

function seat(found: MemoryRoom, userId: string, room: Room): RoomOutcome {
  found.admitted.add(userId)
  found.memberIds.add(userId)
  found.room = room
  return { kind: 'room', room }
}

function leave(found: MemoryRoom, userId: string): RoomOutcome {
  found.memberIds.delete(userId)
  const [oldest] = found.memberIds
  const isOrphan = found.room.creatorId === userId && oldest !== undefined
  if (isOrphan) found.room = { ...found.room, creatorId: oldest }
  return { kind: 'room', room: found.room }
}
