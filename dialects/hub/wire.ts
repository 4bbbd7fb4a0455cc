import { z } from 'zod'

/** Frames of document 002 as the wire page, "hub (002)", settles them: flat, `{"type": …, …}`. */

const time = z.iso.datetime()
const author = z.object({ userId: z.string(), email: z.string(), name: z.string() })
const connectedUser = author.extend({ connectedAt: time })

/** What a client may send. Text that is not a JSON object is a `chat_message` with that text. */
export const hubClientFrames = {
  chat_message: z.object({ message: z.string().min(1).max(5_000) }),
  typing_indicator: z.object({ isTyping: z.boolean() }),
  ping: z.object({}),
} as const

/** What the server sends; `chat_message` and `typing_indicator` come back with who and when. */
export const hubServerFrames = {
  welcome: z.object({ message: z.string(), userId: z.string() }),
  connected_users: z.object({ users: z.array(connectedUser) }),
  user_joined: z.object({ user: connectedUser }),
  user_left: z.object({ userId: z.string(), email: z.string() }),
  chat_message: z.object({ user: author, message: z.string(), timestamp: time }),
  typing_indicator: z.object({ user: author, isTyping: z.boolean(), timestamp: time }),
  pong: z.object({ timestamp: time }),
  error: z.object({ code: z.string(), message: z.string() }),
  announcement: z
    .object({ message: z.string(), timestamp: time })
    .meta({ description: 'ext: from an admin' }),
  server_drain: z
    .object({ reconnectInMs: z.int() })
    .meta({ description: 'ext: the server goes; come back in so many ms' }),
} as const
