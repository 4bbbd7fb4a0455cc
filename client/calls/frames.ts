import type { signalClientFrames, signalServerFrames } from '@parley/dialect-signal'

type ClientFrames = typeof signalClientFrames
type ServerFrames = typeof signalServerFrames

export type ClientPayload<T extends keyof ClientFrames> = ReturnType<ClientFrames[T]['parse']>
export type ServerPayload<T extends keyof ServerFrames> = ReturnType<ServerFrames[T]['parse']>
export type ServerFrameType = keyof ServerFrames

/** What the server says, by type. */
export type ServerFrame = {
  [T in ServerFrameType]: { readonly type: T; readonly payload: ServerPayload<T> }
}[ServerFrameType]

/** Sends a frame. False: there is no connection, and it is lost. */
export type SendFrame = <T extends keyof ClientFrames>(type: T, payload: ClientPayload<T>) => boolean
