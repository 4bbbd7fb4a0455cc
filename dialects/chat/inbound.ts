import type { CheckedDirect, Core } from '@parley/core'
import type { User } from '@parley/model'
import type { Frame } from '@parley/sockets'
import * as codec from './codec.ts'
import type { ChatConnection } from './session.ts'

/** What chat clients send: decoded, handed to the core, answered. */
export class ChatInbound {
  readonly #core: Core

  constructor(core: Core) {
    this.#core = core
  }

  /** One frame. A returned promise delays the connection's following frames. */
  onMessage(connection: ChatConnection, text: string): void | Promise<void> {
    const session = connection.data
    if (session.state === 'starting') return session.started?.then(() => this.onMessage(connection, text))
    if (session.state === 'closed' || session.user === null) return
    const decoded = codec.decode(text)
    if (!decoded.ok) {
      this.#refuse(connection, codec.errorFrame(decoded.code, decoded.message, this.#core.clock.now()))
      return
    }
    const { command } = decoded
    switch (command.type) {
      case 'chat_message':
        return this.#send(connection, command)
      case 'typing_start':
        this.#core.typing.start(session.user, { directWith: command.receiverId }, connection.id)
        return
      case 'typing_stop':
        this.#core.typing.stop(session.user, { directWith: command.receiverId })
        return
      case 'mark_read':
        return this.#markRead(connection, session.user, command.senderId)
      case 'get_online_users':
        connection.send(codec.onlineUsers(this.#core.presence.online(), this.#core.clock.now()))
        return
    }
  }

  /** The next frame waits for the checks only; commits of one connection overlap, in order. */
  #send(
    connection: ChatConnection,
    command: Extract<codec.ChatCommand, { type: 'chat_message' }>,
  ): void | Promise<void> {
    const { direct } = this.#core
    const { identity, user } = connection.data
    if (identity === null || user === null) return
    try {
      const checked = direct.checkSend({ ...user, role: identity.role }, command.send, connection.id)
      if (checked instanceof Promise) {
        return checked.then(
          (value) => this.#store(connection, value),
          (error: unknown) => this.#refuseFault(connection, error),
        )
      }
      return this.#store(connection, checked)
    } catch (error) {
      this.#refuseFault(connection, error)
    }
  }

  #store(connection: ChatConnection, checked: CheckedDirect): void | Promise<void> {
    const stored = this.#core.direct.doSend(checked).then(
      (sent) => connection.send(codec.messageSent(sent, checked.op.receiverId)),
      (error: unknown) => this.#refuseFault(connection, error),
    )
    return connection.data.inFlight.track(stored)
  }

  /** Reading waits for the replay: what has not been shown yet must not count as read. */
  async #markRead(connection: ChatConnection, reader: User, senderId: string): Promise<void> {
    await connection.data.replayed
    try {
      const { markedCount } = await this.#core.receipts.readDirect(reader, senderId)
      connection.send(codec.markReadSuccess(senderId, markedCount))
    } catch (error) {
      this.#refuseFault(connection, error)
    }
  }

  #refuseFault(connection: ChatConnection, error: unknown): void {
    this.#refuse(connection, codec.faultFrame(error, this.#core.clock.now()))
  }

  /** To the sender alone. */
  #refuse(connection: ChatConnection, frame: Frame): void {
    this.#core.observer.count('parley_refusals_total', { dialect: 'chat' })
    connection.send(frame)
  }
}
