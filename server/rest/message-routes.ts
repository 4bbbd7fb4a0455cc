import { ConversationJson, MessageJson, MessagesJson } from '@parley/dialect-rest'
import { Fault, Id, isStorableText, SendDirect, UNSTORABLE } from '@parley/model'
import { z } from 'zod'
import { identityOf, memberOf, type RestApp, type RestOptions, senderOf, userOf } from './context.ts'
import { decodeCursor, encodeCursor, PageQuery } from './cursor.ts'
import { toConversationJson, toMessageJson } from './views.ts'

const Peer = z.object({ userId: z.string() })
const tags = ['messages']

export const addMessageRoutes = (app: RestApp, options: RestOptions): void => {
  addConversations(app, options)
  addHistory(app, options)
  addSend(app, options)
  addSearch(app, options)
}

const addConversations = (app: RestApp, { core }: RestOptions): void => {
  const Conversations = z.object({
    conversations: z.array(ConversationJson),
    nextCursor: z.string().nullable(),
  })
  app.get(
    '/api/messages/conversations',
    {
      schema: {
        tags,
        summary: 'Direct conversations, newest first',
        querystring: PageQuery,
        response: { 200: Conversations },
      },
    },
    async (request) => {
      const { userId } = memberOf(request)
      const after = decodeCursor('conversations', 'string', request.query.cursor)
      const { limit } = request.query
      const page = await core.direct.conversations(userId, {
        limit,
        ...(after === undefined ? {} : { after }),
      })
      const isOnline = ({ id }: { id: string }) => core.presence.isOnline(id)
      return {
        conversations: page.items.map((summary) => toConversationJson(summary, userId, isOnline)),
        nextCursor: encodeCursor('conversations', page.next),
      }
    },
  )
}

const addHistory = (app: RestApp, { core }: RestOptions): void => {
  /** 404 for what is no id, and for nobody: history of oneself with nobody does not exist. */
  const peerOf = async (text: string): Promise<string> => {
    const id = Id.safeParse(text)
    if (!id.success || (await core.directory.find(id.data)) === null)
      throw new Fault('NOT_FOUND', 'User not found')
    return id.data
  }
  app.get(
    '/api/messages/:userId',
    {
      schema: {
        tags,
        summary: 'Messages with a user, newest first',
        params: Peer,
        querystring: PageQuery,
        response: { 200: MessagesJson },
      },
    },
    async (request) => {
      const { userId } = memberOf(request)
      const before = decodeCursor('messages', 'number', request.query.cursor)
      const peer = await peerOf(request.params.userId)
      const { limit } = request.query
      const page = await core.direct.history(userId, peer, {
        limit,
        ...(before === undefined ? {} : { before }),
      })
      return {
        messages: page.items.map((view) => toMessageJson(view, userId)),
        nextCursor: encodeCursor('messages', page.next),
      }
    },
  )
  app.put(
    '/api/messages/:userId/read',
    {
      schema: {
        tags,
        summary: 'Mark everything of a user as read',
        params: Peer,
        response: {
          200: z.object({ message: z.string(), senderId: z.string(), markedCount: z.number().int() }),
        },
      },
    },
    async (request) => {
      const reader = userOf(memberOf(request))
      const senderId = await peerOf(request.params.userId)
      const { markedCount } = await core.direct.markRead(reader, senderId)
      return { message: 'Messages marked as read', senderId, markedCount }
    },
  )
}

const addSend = (app: RestApp, { core }: RestOptions): void => {
  const Sent = z.object({ message: MessageJson })
  app.post(
    '/api/messages',
    {
      schema: {
        tags,
        summary: 'Send a direct message; 200 when this clientMessageId was stored before',
        body: SendDirect,
        response: { 200: Sent, 201: Sent },
      },
    },
    async (request, reply) => {
      const identity = memberOf(request)
      const sent = await core.direct.send(senderOf(identity), request.body)
      const { message, sender } = sent
      const view = { message, sender, status: 'sent' as const, receiverId: request.body.receiverId }
      return reply.status(sent.repeated ? 200 : 201).send({ message: toMessageJson(view, identity.userId) })
    },
  )
}

const addSearch = (app: RestApp, { core }: RestOptions): void => {
  const Query = PageQuery.extend({ q: z.string().trim().min(1).max(200).refine(isStorableText, UNSTORABLE) })
  app.get(
    '/api/search',
    {
      schema: {
        tags,
        summary: 'Messages one may see that hold all words',
        querystring: Query,
        response: { 200: MessagesJson },
      },
    },
    async (request) => {
      const { userId } = identityOf(request)
      const { q: text, limit, cursor } = request.query
      const after = decodeCursor('search', 'string', cursor)
      const page = await core.direct.search(userId, {
        text,
        limit,
        ...(after === undefined ? {} : { after }),
      })
      return {
        messages: page.items.map((view) => toMessageJson(view, userId)),
        nextCursor: encodeCursor('search', page.next),
      }
    },
  )
}
