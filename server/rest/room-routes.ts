import { RoomJson, RoomToldJson } from '@parley/dialect-rest'
import { CreateRoom, Fault, isoTime, normalizeRoomCode, type User } from '@parley/model'
import { z } from 'zod'
import { identityOf, type RestApp, type RestOptions, userOf } from './context.ts'

const tags = ['rooms']
/** Longest code or PIN that is looked at at all; what is no code is no room, what is no PIN is a wrong one. */
const MAX_TEXT = 256
/** Most users that one look-up takes. */
const MAX_FOUND = 1_000

const Code = z.object({ code: z.string().max(MAX_TEXT) })
/** Whisper rooms (document 004), for guests too. No answer ever holds a PIN. */
export const addRoomRoutes = (app: RestApp, options: RestOptions): void => {
  addCreate(app, options)
  addJoin(app, options)
  addGet(app, options)
  addLeave(app, options)
}

const codeOf = (text: string): string => {
  const code = normalizeRoomCode(text)
  if (code === null) throw new Fault('NOT_FOUND', 'Room not found or inactive')
  return code
}

const addCreate = (app: RestApp, { core }: RestOptions): void => {
  app.post(
    '/api/rooms/create',
    {
      schema: {
        tags,
        summary: 'Register a room with a PIN under a new code',
        body: CreateRoom,
        response: { 201: RoomToldJson },
      },
    },
    async (request, reply) => {
      const room = await core.rooms.create(userOf(identityOf(request)), request.body)
      return reply.status(201).send({ message: 'Room created', roomCode: room.code, roomName: room.name })
    },
  )
}

const addJoin = (app: RestApp, { core }: RestOptions): void => {
  const Join = z.object({ roomCode: z.string().max(MAX_TEXT), pin: z.string().max(MAX_TEXT) })
  app.post(
    '/api/rooms/join',
    {
      schema: {
        tags,
        summary:
          'Give the PIN; the room then lets one in as long as it lives. 5 wrong ones in 15 minutes: 429',
        body: Join,
        response: { 200: RoomToldJson },
      },
    },
    async (request) => {
      const user = userOf(identityOf(request))
      const { roomCode, pin } = request.body
      const room = await core.rooms.admit(user, codeOf(roomCode), pin)
      return { message: 'Room joined', roomCode: room.code, roomName: room.name }
    },
  )
}

const addGet = (app: RestApp, { core }: RestOptions): void => {
  app.get(
    '/api/rooms/:code',
    { schema: { tags, summary: 'A room, for its members', params: Code, response: { 200: RoomJson } } },
    async (request) => {
      const { userId } = identityOf(request)
      const { room, memberIds, seating } = await core.rooms.get(userId, codeOf(request.params.code))
      const ids = [...new Set([room.creatorId, ...memberIds])].slice(0, MAX_FOUND)
      const users = new Map((await core.directory.findMany(ids)).map((user) => [user.id, user]))
      return {
        roomCode: room.code,
        roomName: room.name,
        creator: toPerson(room.creatorId, users),
        members: memberIds.filter((id) => users.has(id)).map((id) => toPerson(id, users)),
        isActive: true,
        emptyAt: seating.emptySince === null ? null : isoTime(seating.emptySince),
        createdAt: isoTime(room.createdAt),
      }
    },
  )
}

const addLeave = (app: RestApp, { core }: RestOptions): void => {
  app.delete(
    '/api/rooms/:code/leave',
    {
      schema: {
        tags,
        summary: 'Leave a room with every connection; the last one out closes it',
        params: Code,
        response: { 200: RoomToldJson.pick({ message: true, roomCode: true }) },
      },
    },
    async (request) => {
      const roomCode = codeOf(request.params.code)
      await core.rooms.leaveAll(userOf(identityOf(request)), roomCode)
      return { message: 'Room left', roomCode }
    },
  )
}

/** An account that was removed has no name any more. */
const toPerson = (id: string, users: ReadonlyMap<string, User>) => ({
  _id: id,
  username: users.get(id)?.username ?? '',
})
