import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type Socket } from 'socket.io'

/**
 * A stock Socket.IO server with the events of document 004, in the order that it prints: a token at the handshake, users in a
 * map, a limit, checks and cleaning, then `io.to(room).emit`. Its database is left out, which only makes it cheaper.
 */

interface Online {
  readonly socketId: string
  readonly username: string
  readonly userId: string
  readonly rooms: Set<string>
}

interface Data {
  userId: string
  username: string
}

interface SendMessage {
  readonly content?: unknown
  readonly room?: string
  readonly messageType?: string
}

type Empty = Record<string, (...args: never[]) => void>
type Client = Socket<Empty, Empty, Empty, Data>

const SECRET = process.env['JWT_SECRET'] ?? ''
/** As high as Parley's own are in the bench. */
const LIMIT = { points: 1e9, window: 60_000 }

const http = createServer()
const io = new Server(http)
const online = new Map<string, Online>()
const counts = new Map<string, { count: number; since: number }>()

const codeOf = (code?: string): string => (code ?? '').trim().toUpperCase()

const verify = (token: string): Data => {
  const [head, body, signature = ''] = token.split('.')
  const expected = createHmac('sha256', SECRET).update(`${head}.${body}`).digest()
  const given = Buffer.from(signature, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new Error('invalid')
  const { userId } = JSON.parse(Buffer.from(body ?? '', 'base64url').toString()) as { userId: string }
  return { userId, username: userId }
}

const isWithinLimit = (userId: string): boolean => {
  const now = Date.now()
  const entry = counts.get(userId)
  if (entry === undefined || now - entry.since > LIMIT.window) {
    counts.set(userId, { count: 1, since: now })
    return true
  }
  entry.count += 1
  return entry.count <= LIMIT.points
}

const clean = (text: string): string =>
  text
    .replace(/<(script|iframe)\b[\s\S]*?<\/\1>/gi, '')
    .replace(/javascript:/gi, '')
    .replace(/on\w+\s*=/gi, '')

const join = (socket: Client, room: string): void => {
  const code = codeOf(room)
  if (code === '') {
    socket.emit('error', { message: 'Room code is required' } as never)
    return
  }
  void socket.join(code)
  online.get(socket.data.userId)?.rooms.add(code)
  socket.emit('joined_room', code as never)
  const users = [...online.values()].filter(({ rooms }) => rooms.has(code))
  io.to(code).emit('users_online', users)
}

/** Null: it may be sent. */
const refusalOf = (userId: string, { content, room }: SendMessage): string | null => {
  if (!isWithinLimit(userId)) return 'Too many messages. Slow down.'
  if (typeof content !== 'string' || content === '') return 'Invalid content'
  if (content.trim() === '') return 'Message required'
  if (content.trim().length > 5_000) return 'Message too long (max 5000 chars)'
  return codeOf(room) === '' ? 'Room required' : null
}

const send = (socket: Client, message: SendMessage): void => {
  const { userId, username } = socket.data
  const refusal = refusalOf(userId, message)
  if (refusal !== null) {
    socket.emit('error', { message: refusal } as never)
    return
  }
  const { content, room, messageType = 'text' } = message
  const code = codeOf(room)
  io.to(code).emit('new_message', {
    _id: `${Date.now()}-${Math.random().toString(36).slice(2, 11)}`,
    content: clean(String(content).trim()),
    sender: { _id: userId, username, isOnline: true },
    room: code,
    messageType: ['text', 'system'].includes(messageType) ? messageType : 'text',
    createdAt: new Date(),
    isEdited: false,
  })
}

io.use((socket, next) => {
  try {
    Object.assign(socket.data, verify(String(socket.handshake.auth['token'] ?? '')))
    next()
  } catch {
    next(new Error('Authentication error'))
  }
})

io.on('connection', (socket) => {
  const client = socket as unknown as Client
  const { userId, username } = client.data
  online.set(userId, { socketId: socket.id, username, userId, rooms: new Set() })
  socket.on('join_room', (room: string) => join(client, room))
  socket.on('send_message', (message: SendMessage) => send(client, message))
  socket.on('disconnect', () => online.delete(userId))
})

http.listen(0, '127.0.0.1', () =>
  process.stdout.write(`listening on ${(http.address() as AddressInfo).port}\n`),
)
process.on('SIGINT', () => {})
process.stdin.on('end', () => process.exit(0)).resume()
