import { encode, timestamp } from './frames.ts'
import type { ConnectedUsers, HandlerContext, MessageHandler, WebSocketInstances } from './message-handler.ts'
import { isObject } from './parse-message.ts'
import { standaloneContext } from './standalone-context.ts'
import type { WebSocketConnection } from './types.ts'

const MAX_LENGTH = 5_000
const NUL_OR_LONE_SURROGATE = /\0|\p{Surrogate}/u

/** `chat_message`: 1 to 5,000 characters (UTF-16 units) after trimming, to every connection. */
export class ChatMessageHandler implements MessageHandler {
  readonly messageType = 'chat_message'
  readonly #echoToSender: boolean

  constructor(options: { readonly echoToSender?: boolean } = {}) {
    this.#echoToSender = options.echoToSender ?? true
  }

  validate(data: unknown): data is { message: string } {
    if (!isObject(data) || data['type'] !== this.messageType) return false
    const { message } = data
    if (typeof message !== 'string') return false
    const { length } = message.trim()
    return length >= 1 && length <= MAX_LENGTH && !NUL_OR_LONE_SURROGATE.test(message)
  }

  handle(
    ws: WebSocketConnection,
    data: { readonly message: string },
    _connectedUsers: ConnectedUsers,
    wsInstances: WebSocketInstances,
    context: HandlerContext = standaloneContext(wsInstances),
  ): void {
    context.typing.stop(ws)
    const message = data.message.trim()
    const frame = encode({ type: 'chat_message', user: context.userOf(ws), message, timestamp: timestamp() })
    context.broadcast(frame, this.#echoToSender ? {} : { exceptConnection: context.connectionId(ws) })
  }
}
