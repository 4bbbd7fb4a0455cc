/** The topic of a whisper room, and the Socket.IO room of the sockets that sit in it. */
export const roomOf = (code: string): `room:${string}` => `room:${code}`
