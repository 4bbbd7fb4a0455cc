import type { HandlerContext, MessageHandler } from './message-handler.ts'
import type { WebSocketConnection } from './types.ts'

/** The part of Standard Schema that is used: Zod, Valibot and ArkType schemas have it. */
export interface Schema<Output> {
  readonly '~standard': {
    validate(value: unknown): SchemaResult<Output> | Promise<SchemaResult<Output>>
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly unknown[] }

/**
 * A handler whose data is what the schema made of it: checked, typed, and without unknown fields where
 * the schema drops them. The schema must work synchronously.
 */
export function typedHandler<Output>(
  messageType: string,
  schema: Schema<Output>,
  handle: (ws: WebSocketConnection, data: Output, context: HandlerContext) => void | Promise<void>,
): MessageHandler {
  return {
    messageType,
    validate: (data) => parse(schema, data) !== undefined,
    handle(ws, data, _connectedUsers, _wsInstances, context) {
      const parsed = parse(schema, data)
      if (parsed === undefined || context === undefined) {
        throw new TypeError(`The handler of ${messageType} needs a WebSocketManager`)
      }
      return handle(ws, parsed.value, context)
    },
  }
}

function parse<Output>(schema: Schema<Output>, data: unknown): { value: Output } | undefined {
  const result = schema['~standard'].validate(data)
  if (result instanceof Promise) throw new TypeError('The schema of a handler must work synchronously')
  return result.issues === undefined ? { value: result.value } : undefined
}
