import { useMemo } from 'react'
import type { Room, RoomView } from '../api/room.ts'
import { useParley } from './context.ts'
import { useObservable } from './use-observable.ts'

export type RoomActions = Omit<Room, 'view'>

const actionsOf = (room: Room): RoomActions => ({
  code: room.code,
  enter: () => room.enter(),
  admit: (pin) => room.admit(pin),
  leave: () => room.leave(),
  send: (content) => room.send(content),
  retry: (key) => room.retry(key),
  keystroke: () => room.keystroke(),
  stopTyping: () => room.stopTyping(),
})

/**
 * A whisper room. It neither enters nor leaves by itself: the last one to leave ends the room, so that is for a person to
 * decide and not for a component that goes.
 */
export const useRoom = (code: string): RoomView & RoomActions => {
  const parley = useParley()
  const room = useMemo(() => parley.room(code), [parley, code])
  const view = useObservable(room.view)
  const actions = useMemo(() => actionsOf(room), [room])
  return useMemo(() => ({ ...view, ...actions }), [view, actions])
}
