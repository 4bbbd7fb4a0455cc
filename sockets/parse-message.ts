import { WebSocketError } from './errors.ts'
import { parseJson } from './parse-json.ts'
import type { ClientMessage } from './types.ts'

/** A message as Bun and `ws` give it. */
export type RawMessage = string | ArrayBuffer | Uint8Array | readonly Uint8Array[]

const MAX_DEPTH = 32

/**
 * Turns a frame into a message. A JSON object is a message of its `type`; any other text (`hello`, `123`,
 * `"hi"`) is a `chat_message` with that text. Throws `WebSocketError` (`INVALID_MESSAGE`) for an object that
 * nests deeper than 32 or has no `type`, and `TypeError` for bytes that are not UTF-8.
 */
export function parseMessage(raw: RawMessage): ClientMessage {
  const text = decodeText(raw)
  const parsed = parseJson(text, MAX_DEPTH)
  if (!parsed.ok) {
    if (parsed.reason === 'depth' && isJsonObject(text)) {
      throw new WebSocketError('INVALID_MESSAGE', `Messages must not nest deeper than ${MAX_DEPTH}`)
    }
    return { type: 'chat_message', message: text }
  }
  if (!isObject(parsed.value)) return { type: 'chat_message', message: text }
  const { type } = parsed.value
  if (typeof type !== 'string') throw new WebSocketError('INVALID_MESSAGE', 'A message needs a "type" text')
  return { ...parsed.value, type }
}

/** The text of a frame. Throws `TypeError` for bytes that are not UTF-8. */
export function decodeText(raw: RawMessage): string {
  if (typeof raw === 'string') return raw
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  if (!Array.isArray(raw)) return strict.decode(raw as ArrayBuffer | Uint8Array)
  const parts = raw as readonly Uint8Array[]
  return parts.map((part) => strict.decode(part, { stream: true })).join('') + strict.decode()
}

/** Whether a value is a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// The engine's parser does not recurse, so depth does it no harm: it only must not go any further.
function isJsonObject(text: string): boolean {
  try {
    return isObject(JSON.parse(text))
  } catch {
    return false
  }
}
