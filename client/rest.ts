import type { OwnChannelJson } from '@parley/dialect-channels'
import type {
  ChannelAnswerJson,
  ChannelsJson,
  GroupJson,
  MembersJson,
  MessagesJson,
  ProfileJson,
  RoomJson,
  RoomToldJson,
  UserJson,
  UsersJson,
} from '@parley/dialect-rest'
import { ParleyError } from './api/error.ts'
import type { PageOptions, Rest } from './api/rest.ts'
import type { Http } from './http.ts'

/** The routes of a server over `http`. */
export const createRest = (http: Http): Rest => ({
  users: users(http),
  profile: profile(http),
  channels: { ...channels(http), ...members(http) },
  rooms: rooms(http),
  groups: groups(http),
  search: (text, page) =>
    http.request<MessagesJson>('GET', '/api/search', { query: { q: text, ...pageOf(page) } }),
})

const pageOf = (page: PageOptions = {}) => ({ limit: page.limit, cursor: page.cursor })

const users = (http: Http): Rest['users'] => ({
  search: (text, page) =>
    http.request<UsersJson>('GET', '/api/users', { query: { search: text, ...pageOf(page) } }),
  get: async (userId) =>
    (await http.request<{ user: UserJson }>('GET', `/api/users/${encodeURIComponent(userId)}`)).user,
})

const profile = (http: Http): Rest['profile'] => ({
  get: async () => (await http.request<ProfileJson>('GET', '/api/auth/profile')).user,
  update: async (change) =>
    (await http.request<ProfileJson>('PUT', '/api/auth/profile', { body: change })).user,
})

const channelPath = (channelId: string, rest = '') => `/api/channels/${encodeURIComponent(channelId)}${rest}`

type MemberRoutes = 'members' | 'invite' | 'setRole' | 'removeMember'

const channels = (http: Http): Omit<Rest['channels'], MemberRoutes> => {
  const answered = async (answer: Promise<ChannelAnswerJson>): Promise<OwnChannelJson> =>
    (await answer).channel
  return {
    list: (page) => http.request<ChannelsJson>('GET', '/api/channels', { query: pageOf(page) }),
    browse: (options = {}) =>
      http.request<ChannelsJson>('GET', '/api/channels', {
        query: { scope: 'public', search: options.search, ...pageOf(options) },
      }),
    get: (id) => answered(http.request('GET', channelPath(id))),
    create: (channel) => answered(http.request('POST', '/api/channels', { body: channel })),
    update: (id, change) => answered(http.request('PATCH', channelPath(id), { body: change })),
    join: (id) => answered(http.request('POST', channelPath(id, '/join'))),
    openDirect: (userId) => answered(http.request('POST', '/api/channels/direct', { body: { userId } })),
    leave: async (id) => void (await http.request('POST', channelPath(id, '/leave'))),
  }
}

const members = (http: Http): Pick<Rest['channels'], MemberRoutes> => {
  const memberPath = (channelId: string, userId: string) =>
    channelPath(channelId, `/members/${encodeURIComponent(userId)}`)
  return {
    members: (id, page) =>
      http.request<MembersJson>('GET', channelPath(id, '/members'), { query: pageOf(page) }),
    invite: async (id, userIds) => {
      const body = { userIds }
      const path = channelPath(id, '/members')
      return (await http.request<{ added: readonly string[] }>('POST', path, { body })).added
    },
    setRole: async (id, userId, role) =>
      void (await http.request('PATCH', memberPath(id, userId), { body: { role } })),
    removeMember: async (id, userId) => void (await http.request('DELETE', memberPath(id, userId))),
  }
}

const rooms = (http: Http): Rest['rooms'] => ({
  create: (room) => http.request<RoomToldJson>('POST', '/api/rooms/create', { body: room }),
  join: (roomCode, pin) => http.request<RoomToldJson>('POST', '/api/rooms/join', { body: { roomCode, pin } }),
  get: (roomCode) => http.request<RoomJson>('GET', `/api/rooms/${encodeURIComponent(roomCode)}`),
})

const groups = (http: Http): Rest['groups'] => ({
  get: async (groupId) => {
    try {
      return await http.request<GroupJson>('GET', `/api/groups/${encodeURIComponent(groupId)}`)
    } catch (error) {
      if (error instanceof ParleyError && error.code === 'GROUP_NOT_FOUND') return null
      throw error
    }
  },
})
