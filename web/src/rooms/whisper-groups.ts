import type { Whisper } from '@parley/client'

/** One author is named once for what they say within so long (ms). */
const GROUP_SPAN = 300_000

export interface WhisperGroup {
  /** Of its first message. */
  readonly key: string
  readonly author: Whisper['author']
  readonly isOwn: boolean
  readonly messages: readonly Whisper[]
}

/** Grouped by author within five minutes. */
export const groupWhispers = (messages: readonly Whisper[]): readonly WhisperGroup[] => {
  const groups: { key: string; author: Whisper['author']; isOwn: boolean; messages: Whisper[] }[] = []
  for (const message of messages) {
    const group = groups.at(-1)
    const first = group?.messages[0]
    const isNear =
      first !== undefined && Date.parse(message.createdAt) - Date.parse(first.createdAt) < GROUP_SPAN
    if (group !== undefined && group.author.id === message.author.id && isNear) group.messages.push(message)
    else groups.push({ key: message.key, author: message.author, isOwn: message.isOwn, messages: [message] })
  }
  return groups
}
