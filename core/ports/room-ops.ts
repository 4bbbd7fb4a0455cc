import type { Room } from '@parley/model'

/** Registers a room with a PIN. Its creator is its first member. */
export interface CreateRoomOp {
  readonly kind: 'create-room'
  readonly code: string
  readonly name: string
  readonly creatorId: string
  readonly pinHash: string
  /** Epoch ms. */
  readonly at: number
}

/**
 * Somebody takes a seat. A code nobody registered becomes an open room of that name; an open room makes who enters a member;
 * one with a PIN admits its members only, those who left it too.
 */
export interface EnterRoomOp {
  readonly kind: 'enter-room'
  readonly code: string
  readonly userId: string
  /** Epoch ms. */
  readonly at: number
}

/** Somebody gave the right PIN: a member, as long as the room lives. */
export interface AdmitToRoomOp {
  readonly kind: 'admit-to-room'
  readonly code: string
  readonly userId: string
  /** Epoch ms. */
  readonly at: number
}

/** Ends a membership, not the admission. When the creator leaves, the member who came first owns the room. */
export interface LeaveRoomOp {
  readonly kind: 'leave-room'
  readonly code: string
  readonly userId: string
}

/** The room goes. A code that had a PIN is remembered, so that it never reopens without one. */
export interface CloseRoomOp {
  readonly kind: 'close-room'
  readonly code: string
}

export type RoomOp = CreateRoomOp | EnterRoomOp | AdmitToRoomOp | LeaveRoomOp | CloseRoomOp

export type RoomOutcome =
  | { readonly kind: 'room'; readonly room: Room }
  /** Enter, admit, leave: no such room. Enter: only for a code that once had a PIN. */
  | { readonly kind: 'not-found' }
  | { readonly kind: 'pin-required' }
  /** Create: the code is or was in use. */
  | { readonly kind: 'taken' }
  | { readonly kind: 'done' }

/** A room with who belongs to it, oldest member first, at most 1,000; without those who left. */
export interface RoomView {
  readonly room: Room
  readonly memberIds: readonly string[]
}

/** Reads of rooms. */
export interface RoomReads {
  /** Null: there is no such room (any more). */
  room(code: string): Promise<RoomView | null>
  /** All rooms by code ascending. `limit` 1 to 1,000. */
  rooms(query: { after?: string; limit: number }): Promise<readonly Room[]>
}
