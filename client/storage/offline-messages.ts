import type { ParleyErrorInfo } from '../api/error.ts'
import type { OutboxRecord } from '../api/storage.ts'

/** One entry of document 003's `offlineMessages`; a client of that document knows the first four fields. */
export interface OfflineMessage {
  readonly content: string
  readonly channelId: string
  readonly parentId?: string
  readonly status: 'FAILED'
  readonly clientMessageId?: string
  /** Epoch ms. */
  readonly createdAt?: number
  readonly order?: number
  readonly failure?: ParleyErrorInfo
  /** Of which user of which server it is; absent: of nobody yet. */
  readonly owner?: string
}

/** What is stored under the key, without what is no message. Text that is no JSON is nobody's message. */
export const readOfflineMessages = (text: string | null): readonly OfflineMessage[] => {
  try {
    const value: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(value) ? value.map(toMessage).filter((message) => message !== null) : []
  } catch {
    return []
  }
}

export const toOfflineMessage = (record: OutboxRecord, owner: string): OfflineMessage => ({
  content: record.content,
  channelId: record.channelId,
  // Document 003 takes an id or nothing: null would be refused.
  ...(record.parentId === null ? {} : { parentId: record.parentId }),
  status: 'FAILED',
  clientMessageId: record.clientMessageId,
  createdAt: record.createdAt,
  order: record.order,
  ...(record.failure === null ? {} : { failure: record.failure }),
  owner,
})

/** `now` stands in for a time that is not known. */
export const toRecord = (message: OfflineMessage, now: number): OutboxRecord => ({
  clientMessageId: message.clientMessageId ?? '',
  channelId: message.channelId,
  content: message.content,
  parentId: message.parentId ?? null,
  createdAt: message.createdAt ?? now,
  order: message.order ?? 0,
  failure: message.failure ?? null,
})

const toMessage = (value: unknown): OfflineMessage | null => {
  if (typeof value !== 'object' || value === null) return null
  const { content, channelId, parentId, clientMessageId, createdAt, order, failure, owner } = value as Record<
    string,
    unknown
  >
  if (typeof content !== 'string' || content === '' || typeof channelId !== 'string') return null
  return {
    content,
    channelId,
    ...(typeof parentId === 'string' ? { parentId } : {}),
    status: 'FAILED',
    ...(isClientMessageId(clientMessageId) ? { clientMessageId } : {}),
    ...(typeof createdAt === 'number' ? { createdAt } : {}),
    ...(typeof order === 'number' ? { order } : {}),
    ...(isFailure(failure) ? { failure } : {}),
    ...(typeof owner === 'string' ? { owner } : {}),
  }
}

/** What the server takes as one. */
const isClientMessageId = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 64

const isFailure = (value: unknown): value is ParleyErrorInfo => {
  if (typeof value !== 'object' || value === null) return false
  const { code, message, canRetry, retryAfterMs } = value as Record<string, unknown>
  return (
    typeof code === 'string' &&
    typeof message === 'string' &&
    typeof canRetry === 'boolean' &&
    (retryAfterMs === null || typeof retryAfterMs === 'number')
  )
}
