import {
  ChannelMessageJson,
  listedMessage,
  listedMessages,
  ownChannel,
  SendRequest,
} from '@parley/dialect-channels'
import { ChannelAnswerJson, ChannelMessagesJson, ChannelsJson, MembersJson } from '@parley/dialect-rest'
import {
  CHANNEL_ROLES,
  CreateChannel,
  Fault,
  Id,
  isoTime,
  isStorableText,
  MAX_CHANNEL_NAME,
  MAX_INVITED,
  type Message,
  UNSTORABLE,
  UpdateChannel,
} from '@parley/model'
import { z } from 'zod'
import { identityOf, type RestApp, type RestOptions, senderOf } from './context.ts'
import { decodeCursor, encodeCursor, PageQuery } from './cursor.ts'
import type { RestCore } from './ports.ts'

const Params = z.object({ id: z.string() })
const MemberParams = Params.extend({ userId: z.string() })
const Answered = z.object({ message: z.string() })
const Position = z
  .string()
  .regex(/^\d{1,15}$/, 'Must be a position')
  .transform(Number)
const tags = ['channels']

export const addChannelRoutes = (app: RestApp, options: RestOptions): void => {
  addLists(app, options)
  addChannel(app, options)
  addJoinAndLeave(app, options)
  addMembers(app, options)
  addMessages(app, options)
}

/** What is no id names no channel: the same answer as for one that the asker may not know of. */
const channelId = (text: string): string => {
  const id = Id.safeParse(text)
  if (!id.success) throw new Fault('NOT_A_MEMBER', 'Not a member of this channel')
  return id.data
}

const userId = (text: string): string => {
  const id = Id.safeParse(text)
  if (!id.success) throw new Fault('NOT_FOUND', 'User not found')
  return id.data
}

const addLists = (app: RestApp, { core }: RestOptions): void => {
  const Query = PageQuery.extend({
    scope: z.enum(['own', 'public']).default('own'),
    search: z.string().trim().max(MAX_CHANNEL_NAME).refine(isStorableText, UNSTORABLE).optional(),
  })
  app.get(
    '/api/channels',
    {
      schema: {
        tags,
        summary: "One's own channels, newest activity first; scope=public: every public one, by name",
        querystring: Query,
        response: { 200: ChannelsJson },
      },
    },
    async (request) => {
      const identity = identityOf(request)
      const { scope, search, limit, cursor } = request.query
      const list = scope === 'own' ? 'channels' : 'public-channels'
      const after = decodeCursor(list, 'string', cursor)
      const page = { limit, ...(after === undefined ? {} : { after }) }
      const { items, next } = await (scope === 'own'
        ? core.channels.list(identity.userId, page)
        : core.channels.browse(identity.userId, {
            ...page,
            ...(search === undefined || search === '' ? {} : { search }),
          }))
      return { channels: items.map(ownChannel), nextCursor: encodeCursor(list, next) }
    },
  )
}

const addChannel = (app: RestApp, { core }: RestOptions): void => {
  app.post(
    '/api/channels',
    {
      schema: { tags, summary: 'Make a channel', body: CreateChannel, response: { 201: ChannelAnswerJson } },
    },
    async (request, reply) => {
      const view = await core.channels.create(senderOf(identityOf(request)), request.body)
      return reply.status(201).send({ channel: ownChannel(view) })
    },
  )
  app.post(
    '/api/channels/direct',
    {
      schema: {
        tags,
        summary: 'The direct conversation with a user; 201 when it was made by this',
        body: z.object({ userId: Id }),
        response: { 200: ChannelAnswerJson, 201: ChannelAnswerJson },
      },
    },
    async (request, reply) => {
      const opened = await core.channels.openDirect(senderOf(identityOf(request)), request.body.userId)
      return reply.status(opened.isNew ? 201 : 200).send({ channel: ownChannel(opened.view) })
    },
  )
  app.get(
    '/api/channels/:id',
    { schema: { tags, summary: 'One channel', params: Params, response: { 200: ChannelAnswerJson } } },
    async (request) => ({
      channel: ownChannel(await core.channels.get(identityOf(request).userId, channelId(request.params.id))),
    }),
  )
  app.patch(
    '/api/channels/:id',
    {
      schema: {
        tags,
        summary: 'Rename (owner, moderator); make private or public, archive or take back into use (owner)',
        params: Params,
        body: UpdateChannel,
        response: { 200: ChannelAnswerJson },
      },
    },
    async (request) => {
      const sender = senderOf(identityOf(request))
      return {
        channel: ownChannel(await core.channels.update(sender, channelId(request.params.id), request.body)),
      }
    },
  )
  app.delete(
    '/api/channels/:id',
    {
      schema: {
        tags,
        summary: 'Archive: it can be read, and nothing can be written to it (owner)',
        params: Params,
        response: { 200: ChannelAnswerJson },
      },
    },
    async (request) => {
      const sender = senderOf(identityOf(request))
      const view = await core.channels.update(sender, channelId(request.params.id), { archived: true })
      return { channel: ownChannel(view) }
    },
  )
}

const addJoinAndLeave = (app: RestApp, { core }: RestOptions): void => {
  app.post(
    '/api/channels/:id/join',
    {
      schema: {
        tags,
        summary: 'Become a member of a public channel',
        params: Params,
        response: { 200: ChannelAnswerJson },
      },
    },
    async (request) => {
      const view = await core.channels.join(senderOf(identityOf(request)), channelId(request.params.id))
      return { channel: ownChannel(view) }
    },
  )
  app.post(
    '/api/channels/:id/leave',
    { schema: { tags, summary: 'Be a member no longer', params: Params, response: { 200: Answered } } },
    async (request) => {
      await core.channels.leave(identityOf(request).userId, channelId(request.params.id))
      return { message: 'Left the channel' }
    },
  )
}

const addMembers = (app: RestApp, { core }: RestOptions): void => {
  app.get(
    '/api/channels/:id/members',
    {
      schema: {
        tags,
        summary: 'Members, in the order in which they joined',
        params: Params,
        querystring: PageQuery,
        response: { 200: MembersJson },
      },
    },
    async (request) => {
      const { limit, cursor } = request.query
      const after = decodeCursor('members', 'string', cursor)
      const page = { limit, ...(after === undefined ? {} : { after }) }
      const asker = identityOf(request).userId
      const { items, next } = await core.channels.members(asker, channelId(request.params.id), page)
      const members = items.map(({ user, role, cursors, joinedAt }) => ({
        user: { id: user.id, username: user.username, avatar: user.avatar },
        role,
        ...cursors,
        joinedAt: isoTime(joinedAt),
      }))
      return { members, nextCursor: encodeCursor('members', next) }
    },
  )
  app.post(
    '/api/channels/:id/members',
    {
      schema: {
        tags,
        summary: 'Invite: they are members at once',
        params: Params,
        body: z.object({ userIds: z.array(Id).min(1).max(MAX_INVITED) }),
        response: { 200: z.object({ added: z.array(z.string()) }) },
      },
    },
    async (request) => {
      const sender = senderOf(identityOf(request))
      const added = await core.channels.invite(sender, channelId(request.params.id), request.body.userIds)
      return { added: [...added] }
    },
  )
  app.patch(
    '/api/channels/:id/members/:userId',
    {
      schema: {
        tags,
        summary: 'Give a role (owner); a new owner makes the old one a moderator',
        params: MemberParams,
        body: z.object({ role: z.enum(CHANNEL_ROLES) }),
        response: { 200: Answered },
      },
    },
    async (request) => {
      const { id, userId: target } = request.params
      const sender = senderOf(identityOf(request))
      await core.channels.setRole(sender, channelId(id), userId(target), request.body.role)
      return { message: 'Role changed' }
    },
  )
  app.delete(
    '/api/channels/:id/members/:userId',
    {
      schema: {
        tags,
        summary: 'Remove somebody of a lower role (owner, moderator)',
        params: MemberParams,
        response: { 200: Answered },
      },
    },
    async (request) => {
      const { id, userId: target } = request.params
      await core.channels.remove(identityOf(request).userId, channelId(id), userId(target))
      return { message: 'Removed from the channel' }
    },
  )
}

const addMessages = (app: RestApp, { core }: RestOptions): void => {
  const Query = PageQuery.extend({
    before: Position.optional(),
    after: Position.optional(),
    parentId: Id.optional(),
  })
  app.get(
    '/api/channels/:id/messages',
    {
      schema: {
        tags,
        summary: 'Messages, newest first; with `after` a position, oldest first; with `parentId` a thread',
        params: Params,
        querystring: Query,
        response: {
          200: ChannelMessagesJson,
        },
      },
    },
    async (request) => {
      const asker = identityOf(request).userId
      const { limit, cursor, parentId } = request.query
      const isForward = request.query.after !== undefined
      const list = isForward ? 'channel-messages-after' : 'channel-messages'
      const from =
        decodeCursor(list, 'number', cursor) ?? (isForward ? request.query.after : request.query.before)
      const { items, next } = await core.channels.messages(asker, channelId(request.params.id), {
        limit,
        ...(parentId === undefined ? {} : { parentId }),
        ...(from === undefined ? {} : isForward ? { after: from } : { before: from }),
      })
      return {
        messages: await listedMessages(items, asker),
        nextCursor: encodeCursor(list, next),
      }
    },
  )
  app.post(
    '/api/channels/:id/messages',
    {
      schema: {
        tags,
        summary: 'Send a message; 200 when this clientMessageId was stored before',
        params: Params,
        body: SendRequest.omit({ channelId: true }),
        response: {
          200: z.object({ message: ChannelMessageJson }),
          201: z.object({ message: ChannelMessageJson }),
        },
      },
    },
    async (request, reply) => {
      const sender = senderOf(identityOf(request))
      const command = { ...request.body, channelId: channelId(request.params.id) }
      const { message, repeated } = await core.channelMessages.send(sender, command)
      const asSent = { message, sender, status: 'sent', receiverId: null, deliveredTo: 0, readBy: 0 } as const
      const view = repeated ? await asItStands(core, sender.id, message) : null
      return reply
        .status(repeated ? 200 : 201)
        .send({ message: listedMessage(view ?? { ...asSent, reactions: [] }, sender.id) })
    },
  )
}

/** Of a message that was sent before: others may have read it, or it was edited. */
const asItStands = async (core: RestCore, userId: string, { conversationId, seq }: Message) => {
  const page = await core.channels.messages(userId, conversationId, { after: seq - 1, limit: 1 })
  return page.items[0] ?? null
}
