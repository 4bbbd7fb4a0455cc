import type { CheckedSend, Core, SentMessage } from '@parley/core'
import { Fault, isoTime } from '@parley/model'
import type { Reply, SocketEventHandler } from '@parley/socketio'
import type { z } from 'zod'
import * as codec from './codec.ts'
import type { Entrance } from './entrance.ts'
import type { PresenceWatch } from './presence-watch.ts'
import type { ChannelsSession } from './session.ts'
import * as wire from './wire.ts'

const { MESSAGE_EVENT } = wire

interface Dependencies {
  readonly core: Core
  readonly entrance: Entrance
  readonly watch: PresenceWatch
  /** Null: the socket is gone. */
  readonly sessionOf: (socketId: string) => ChannelsSession | null
}

/** One event of a session, with what it asks for parsed. */
interface Call<T> {
  readonly session: ChannelsSession
  readonly request: T
  readonly reply: Reply
}

/** What channels clients send: parsed, handed to the core, acknowledged. A refusal is also a `message:error`, to the sender alone. */
export class ChannelsInbound {
  readonly events: Readonly<Record<string, SocketEventHandler>>
  readonly #with: Dependencies

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
    this.events = {
      'room:join': this.#on(wire.RoomRequest, (call) => this.#join(call)),
      'room:leave': this.#on(wire.RoomRequest, (call) => this.#leave(call)),
      [MESSAGE_EVENT.send]: this.#on(wire.SendRequest, (call) => this.#send(call)),
      [MESSAGE_EVENT.typingStart]: this.#on(wire.TypingRequest, (call) => this.#typing(call, true)),
      [MESSAGE_EVENT.typingStop]: this.#on(wire.TypingRequest, (call) => this.#typing(call, false)),
      [MESSAGE_EVENT.delivered]: this.#on(wire.ReceiptRequest, (call) => this.#receipt(call, 'delivered')),
      [MESSAGE_EVENT.read]: this.#on(wire.ReceiptRequest, (call) => this.#receipt(call, 'read')),
      'message:edit': this.#on(wire.EditRequest, (call) => this.#edit(call)),
      'message:delete': this.#on(wire.DeleteRequest, (call) => this.#delete(call)),
      'message:react': this.#on(wire.ReactRequest, (call) => this.#react(call)),
      sync: this.#on(wire.SyncRequestBody, (call) => this.#sync(call)),
      'presence:subscribe': this.#on(wire.PresenceRequest, (call) => this.#subscribe(call)),
      'presence:unsubscribe': this.#on(wire.PresenceRequest, (call) => this.#unsubscribe(call)),
    }
  }

  /** Parses, runs, and turns what goes wrong into the sender's error. */
  #on<S extends z.ZodType>(
    schema: S,
    run: (call: Call<z.output<S>>) => void | Promise<void>,
  ): SocketEventHandler {
    return (socket, payload, reply) => {
      const session = this.#with.sessionOf(socket.id)
      if (session === null) return
      const parsed = schema.safeParse(payload)
      if (!parsed.success) return this.#refuseInvalid(session, payload, reply, parsed.error)
      try {
        return run({ session, request: parsed.data, reply })?.catch((error: unknown) =>
          this.#refuse(session, reply, error),
        )
      } catch (error) {
        this.#refuse(session, reply, error)
      }
    }
  }

  async #join({ session, request: { channelId }, reply }: Call<{ channelId: string }>): Promise<void> {
    await this.#with.entrance.enter(session, channelId, { join: true })
    reply.ok({ channelId })
  }

  /** An inbox shows every channel of its user, whatever it leaves. */
  #leave({ session, request: { channelId }, reply }: Call<{ channelId: string }>): void {
    const { entrance } = this.#with
    if (session.inbox) entrance.stopTyping(session, channelId)
    else entrance.leave(session, channelId)
    reply.ok({ channelId })
  }

  /** The next event waits for the checks only; commits of one socket overlap, in order. */
  #send(call: Call<z.output<typeof wire.SendRequest>>): void | Promise<void> {
    const { session, request, reply } = call
    try {
      const checked = this.#with.core.channelMessages.checkSend(session.sender, request, session.socket.id)
      if (!(checked instanceof Promise) && session.entered.has(request.channelId)) {
        return this.#store(call, checked)
      }
      return this.#enterAndStore(call, checked).catch((error: unknown) =>
        this.#refuse(session, reply, error, request.clientMessageId),
      )
    } catch (error) {
      this.#refuse(session, reply, error, request.clientMessageId)
    }
  }

  async #enterAndStore(
    call: Call<z.output<typeof wire.SendRequest>>,
    checking: CheckedSend | Promise<CheckedSend>,
  ): Promise<void> {
    const checked = await checking
    await this.#with.entrance.enter(call.session, call.request.channelId, { join: false })
    await this.#store(call, checked)
  }

  #store(call: Call<z.output<typeof wire.SendRequest>>, checked: CheckedSend): void | Promise<void> {
    const { session, request, reply } = call
    const stored = this.#with.core.channelMessages.doSend(checked).then(
      (sent) => this.#acknowledge(call, sent),
      (error: unknown) => this.#refuse(session, reply, error, request.clientMessageId),
    )
    return session.inFlight.track(stored)
  }

  #acknowledge({ session, reply }: Call<unknown>, { message }: SentMessage): void {
    const { id: messageId, conversationId: channelId, clientMessageId, seq, rev } = message
    const sent = {
      messageId,
      channelId,
      status: 'SENT',
      ...(clientMessageId === null ? {} : { clientMessageId }),
      seq,
    }
    session.socket.emit(MESSAGE_EVENT.sent, sent)
    reply.ok({
      ...sent,
      rev,
      createdAt: isoTime(message.createdAt),
      // Who shows every conversation shows this message as well, and has not got it rendered from anywhere else.
      ...(session.inbox ? { contentHtml: codec.htmlOf(message) } : {}),
    })
  }

  /** A start enters the channel; a stop is never refused. */
  #typing(
    { session, request: { channelId }, reply }: Call<{ channelId: string }>,
    isTyping: boolean,
  ): void | Promise<void> {
    const act = (): void => {
      const entry = session.entered.get(channelId)
      if (entry !== undefined) {
        const place = entry.peerId === null ? { channelId } : { directWith: entry.peerId }
        if (isTyping) this.#with.core.typing.start(session.sender, place, session.socket.id)
        else this.#with.core.typing.stop(session.sender, place)
      }
      reply.ok()
    }
    if (session.entered.has(channelId) || !isTyping) return act()
    return this.#with.entrance.enter(session, channelId, { join: false }).then(act)
  }

  #receipt(
    { session, request: { messageId }, reply }: Call<{ messageId: string }>,
    status: 'delivered' | 'read',
  ): void | Promise<void> {
    const { sender, socket } = session
    const stored = this.#with.core.receipts.upToMessage(sender, messageId, status, socket.id).then(
      () => reply.ok(),
      (error: unknown) => this.#refuse(session, reply, error),
    )
    return session.inFlight.track(stored)
  }

  async #edit({ session, request, reply }: Call<z.output<typeof wire.EditRequest>>): Promise<void> {
    const { rev } = await this.#with.core.channelMessages.edit(session.sender, request, null)
    reply.ok({ messageId: request.messageId, rev })
  }

  async #delete({ session, request: { messageId }, reply }: Call<{ messageId: string }>): Promise<void> {
    const { rev } = await this.#with.core.channelMessages.delete(session.sender, messageId, null)
    reply.ok({ messageId, rev })
  }

  async #react({ session, request, reply }: Call<z.output<typeof wire.ReactRequest>>): Promise<void> {
    const { rev } = await this.#with.core.channelMessages.react(session.sender, request, null)
    reply.ok({ messageId: request.messageId, rev })
  }

  async #sync({
    session,
    request: { epoch, cursors },
    reply,
  }: Call<z.output<typeof wire.SyncRequestBody>>): Promise<void> {
    const answer = await this.#with.core.sync.since(session.sender.id, {
      ...(epoch === null || epoch === undefined ? {} : { epoch }),
      cursors: new Map(Object.entries(cursors)),
    })
    reply.ok(codec.synced(answer, session.sender.id))
  }

  async #subscribe({ session, request, reply }: Call<z.output<typeof wire.PresenceRequest>>): Promise<void> {
    await this.#with.watch.add(session, request.userIds)
    reply.ok()
  }

  #unsubscribe({ session, request, reply }: Call<z.output<typeof wire.PresenceRequest>>): void {
    this.#with.watch.remove(session, request.userIds)
    reply.ok()
  }

  #refuse(session: ChannelsSession, reply: Reply, error: unknown, clientMessageId?: string): void {
    const { observer } = this.#with.core
    if (!(error instanceof Fault)) observer.error('a channels event failed', error)
    const code = error instanceof Fault ? error.code : 'SERVER_ERROR'
    const sentence = error instanceof Fault ? error.message : 'Server error'
    observer.count('parley_refusals_total', { dialect: 'channels', code })
    session.socket.emit(MESSAGE_EVENT.error, {
      error: sentence,
      code,
      ...(clientMessageId === undefined ? {} : { clientMessageId }),
    })
    reply.fail(code, sentence)
  }

  /** Says where it is wrong, never what was there. */
  #refuseInvalid(session: ChannelsSession, payload: unknown, reply: Reply, error: z.ZodError): void {
    this.#with.core.observer.count('parley_refusals_total', { dialect: 'channels', code: 'INVALID' })
    const clientMessageId = clientIdIn(payload)
    const issues = error.issues
      .slice(0, MAX_ISSUES)
      .map(({ path, message }) => ({ path: path.join('.'), message }))
    session.socket.emit(MESSAGE_EVENT.error, {
      error: 'Invalid message format',
      code: 'INVALID',
      ...(clientMessageId === null ? {} : { clientMessageId }),
      issues,
    })
    reply.fail('INVALID', 'Invalid message format', { issues })
  }
}

const MAX_ISSUES = 10
const MAX_CLIENT_ID = 64

/** So that an outbox knows which of its messages can never be sent. */
const clientIdIn = (payload: unknown): string | null => {
  if (typeof payload !== 'object' || payload === null || !Object.hasOwn(payload, 'clientMessageId'))
    return null
  const { clientMessageId } = payload as { clientMessageId: unknown }
  return typeof clientMessageId === 'string' && clientMessageId.length <= MAX_CLIENT_ID
    ? clientMessageId
    : null
}
