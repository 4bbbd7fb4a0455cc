import { useParley } from '@parley/client/react'
import { useEffect, useState } from 'react'
import { nameRoom, openRooms } from './rooms-store.ts'

export interface RoomInfo {
  /** Null: it has none besides its code, or it is not known yet. */
  readonly name: string | null
  /** Whoever knows the code can come in. */
  readonly isOpen: boolean
}

/** What the server knows of a room that one is in. */
export function useRoomInfo(code: string, isInside: boolean): RoomInfo {
  const parley = useParley()
  const name = openRooms(({ names }) => names[code]) ?? null
  const [openCode, setOpenCode] = useState<string | null>(null)
  useEffect(() => {
    if (!isInside) return
    let isGone = false
    parley.rest.rooms.get(code).then(
      ({ roomName }) => {
        if (isGone) return
        // A room that nobody made over REST is named after its code, and has no PIN.
        if (roomName === code) setOpenCode(code)
        else nameRoom(code, roomName)
      },
      // It is a name: the code does as well.
      () => undefined,
    )
    return () => {
      isGone = true
    }
  }, [parley, code, isInside])
  return { name, isOpen: openCode === code }
}
