import type { Conversation, Me, Message } from '@parley/client'
import type { TFunction } from 'i18next'
import { createContext, useContext } from 'react'
import type { useTimes } from '../ui/index.ts'
import type { Names } from './mark-words.ts'

/** What a person can do with a message, from wherever it is shown. */
export interface MessageActions {
  /** Opens the thread that begins with a message; `markId` is shown in it. */
  openThread(rootId: string, markId?: string): void
  openReaders(message: Message): void
  startEditing(message: Message): void
  /** Asks first. */
  remove(message: Message): void
  react(message: Message, emoji: string, on: boolean): void
  copyText(message: Message): void
  copyLink(message: Message): void
  retry(message: Message): void
  /** Gives a message that was not stored up; its text goes back to where it was typed. */
  discard(message: Message): void
}

/** The conversation that is shown. The same object until one of its parts is another. */
export interface ConversationScope {
  readonly conversation: Conversation
  readonly me: Me | null
  /** Direct conversations say "Read by NAME", channels how many. */
  readonly kind: 'direct' | 'channel'
  /** One is a member and it is in use: reactions, answers and edits are possible. */
  readonly canWrite: boolean
  /** One may delete what others wrote. */
  readonly canModerate: boolean
  readonly names: Names
  /** Words and times, once for all rows: looking them up in each would be most of the work of scrolling. */
  readonly t: TFunction<'conversation'>
  readonly times: ReturnType<typeof useTimes>
  readonly language: string
  readonly actions: MessageActions
}

export const ConversationContext = createContext<ConversationScope | null>(null)

/** Throws outside of a conversation. */
export const useScope = (): ConversationScope => {
  const scope = useContext(ConversationContext)
  if (scope === null) throw new Error('useScope needs a ConversationView around it.')
  return scope
}
