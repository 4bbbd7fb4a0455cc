import { create } from 'zustand'
import type { OpenRoom } from '../rooms/open-rooms.ts'

/** The whisper rooms that the sidebar lists, for whoever else wants to lead there. */
export const useListedRooms = create<{ readonly rooms: readonly OpenRoom[] }>(() => ({ rooms: [] }))
