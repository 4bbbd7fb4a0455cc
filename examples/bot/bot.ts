import {
  type Conversation,
  type ConversationSummary,
  createParley,
  type Message,
  type Parley,
  type ParleyOptions,
} from '@parley/client'
import { answerTo } from './commands.ts'

export interface Bot {
  readonly parley: Parley
  stop(): Promise<void>
}

/** Answers one message, once: the same id for the same message, so that the server stores no second answer. */
const answer = (conversation: Conversation, { id, isOwn, source, deletedAt, parentId }: Message): void => {
  if (isOwn || id === null || deletedAt !== null) return
  const text = answerTo(source)
  if (text === null) return
  const thread = parentId === null ? {} : { parentId }
  // Kept in the outbox and tried again by itself; only a refusal ends here.
  conversation
    .send(text, { ...thread, clientMessageId: `answer-${id}` })
    .stored.catch((error: Error) => console.error(`Not answered: ${error.message}`))
}

/** Looks at what came in a conversation after the last message that was read. */
const watch = (conversation: Conversation, { readSeq }: ConversationSummary): (() => void) => {
  let done = readSeq
  const look = () => {
    const { items } = conversation.messages.get()
    const news = items.filter(({ seq }) => seq !== null && seq > done)
    if (news.length === 0) return
    done = news.at(-1)?.seq ?? done
    for (const message of news) answer(conversation, message)
    // After a restart the bot goes on from here.
    conversation.markRead()
  }
  const end = conversation.messages.subscribe(look)
  look()
  return end
}

/**
 * A bot that answers `!echo` and `!time` wherever it is a member. What it missed while it was away it answers when it is
 * back (the newest page of each conversation). The client connects again by itself.
 */
export const startBot = (options: ParleyOptions): Bot => {
  const parley = createParley(options)
  const watched = new Map<string, () => void>()
  const follow = () => {
    for (const summary of parley.conversations.get().items) {
      // Nothing was said since: it is looked at once something is.
      if (watched.has(summary.id) || summary.unreadCount === 0) continue
      watched.set(summary.id, watch(parley.conversation(summary.id), summary))
    }
  }
  parley.conversations.subscribe(follow)
  parley.on('removed', ({ conversationId }) => {
    watched.get(conversationId)?.()
    watched.delete(conversationId)
  })
  follow()
  return {
    parley,
    async stop() {
      for (const end of watched.values()) end()
      await parley.close()
    },
  }
}
