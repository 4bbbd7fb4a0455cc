import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { WebSocket, WebSocketServer } from 'ws'

/**
 * A server of document 001 as its diagrams read, step by step: a map of users to sockets, one statement for each step that names
 * the database, and the list of who is online to everybody whenever one comes or goes. SQLite stands in for the database, synced
 * as Parley's is.
 */

interface User {
  readonly _id: string
  readonly username: string
  readonly avatar: null
}

interface Online {
  readonly user: User
  readonly socket: WebSocket
}

const SECRET = process.env['JWT_SECRET'] ?? ''
const folder = mkdtempSync(join(tmpdir(), 'naive-chat-'))
const db = new Database(join(folder, 'chat.db'))
db.pragma('journal_mode = wal')
db.pragma('synchronous = full')
db.exec(`create table users (id text primary key, username text not null, is_online integer not null);
  create table messages (id text primary key, sender text not null, receiver text not null, content text not null,
    status text not null, created_at text not null, delivered_at text);
  create index messages_of on messages (receiver, sender, created_at);`)
const addUser = db.prepare('insert or ignore into users values (?, ?, 0)')
const findUser = db.prepare('select id as _id, username, null as avatar from users where id = ?')
const setOnline = db.prepare('update users set is_online = ? where id = ?')
const addMessage = db.prepare(`insert into messages values (?, ?, ?, ?, 'sent', ?, null)`)
const deliver = db.prepare(`update messages set status = 'delivered', delivered_at = ? where id = ?`)

const connectedClients = new Map<string, Online>()

const userIdOf = (token: string): string => {
  const [head, body, signature = ''] = token.split('.')
  const expected = createHmac('sha256', SECRET).update(`${head}.${body}`).digest()
  const given = Buffer.from(signature, 'base64url')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw new Error('invalid')
  return (JSON.parse(Buffer.from(body ?? '', 'base64url').toString()) as { userId: string }).userId
}

const tell = ({ socket }: Online, type: string, data: object): void => {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type, data }))
}

const tellOthers = (userId: string, type: string, data: object): void => {
  for (const [id, client] of connectedClients) if (id !== userId) tell(client, type, data)
}

const tellOnlineUsers = (): void => {
  const users = [...connectedClients.values()].map(({ user }) => user)
  for (const client of connectedClients.values())
    tell(client, 'online_users', {
      ...{ users, totalOnline: users.length, timestamp: new Date().toISOString() },
    })
}

const send = (from: Online, { receiverId, content }: { receiverId: string; content: string }): void => {
  if (typeof receiverId !== 'string' || typeof content !== 'string' || content.trim() === '') {
    tell(from, 'error', { message: 'receiverId and content are required' })
    return
  }
  const [messageId, createdAt] = [randomUUID(), new Date().toISOString()]
  addMessage.run(messageId, from.user._id, receiverId, content, createdAt)
  tell(from, 'message_sent', { messageId, receiverId, content, createdAt, status: 'sent' })
  const receiver = connectedClients.get(receiverId)
  if (receiver === undefined) return
  const { _id: senderId, username: senderUsername } = from.user
  tell(receiver, 'new_message', {
    ...{ messageId, senderId, senderUsername, content, messageType: 'text', createdAt },
  })
  const deliveredAt = new Date().toISOString()
  deliver.run(deliveredAt, messageId)
  tell(from, 'message_delivered', { messageId, deliveredAt })
}

const connect = (socket: WebSocket, userId: string): void => {
  addUser.run(userId, userId)
  const user = findUser.get(userId) as User
  connectedClients.get(userId)?.socket.close(4005)
  const client: Online = { user, socket }
  connectedClients.set(userId, client)
  setOnline.run(1, userId)
  const { username } = user
  tell(client, 'connection_established', { userId, username })
  tellOthers(userId, 'user_online', { userId, username })
  tellOnlineUsers()
  socket.on('message', (text) => {
    const { type, data } = JSON.parse(String(text)) as { type: string; data: never }
    if (type === 'chat_message') send(client, data)
    else tell(client, 'error', { message: `Unknown message type: ${type}` })
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    if (connectedClients.get(userId) !== client) return
    connectedClients.delete(userId)
    setOnline.run(0, userId)
    tellOthers(userId, 'user_offline', { userId, username })
    tellOnlineUsers()
  })
}

const http = createServer()
const server = new WebSocketServer({ noServer: true })
http.on('upgrade', (request, socket, head) => {
  const token = new URL(request.url ?? '/', 'http://localhost').searchParams.get('token') ?? ''
  try {
    const userId = userIdOf(token)
    server.handleUpgrade(request, socket, head, (client) => connect(client, userId))
  } catch {
    socket.destroy()
  }
})
http.listen(0, '127.0.0.1', () =>
  process.stdout.write(`listening on ${(http.address() as AddressInfo).port}\n`),
)

const end = (): never => {
  db.close()
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
}
process.on('SIGINT', () => {})
process.on('SIGTERM', end)
process.stdin.on('end', end).resume()
