import { useEffect, useMemo } from 'react'
import type { Conversation } from '../api/conversation.ts'
import type { Sending } from '../api/message.ts'
import { useParley } from './context.ts'

/** As document 003 has it. */
const TYPING_DEBOUNCE = 300

export interface MessageHandling {
  /** Sends, now or once there is a connection. Throws for empty and too long text. */
  readonly sendMessage: (content: string, parentId?: string) => Sending
  /** Debounced by 300 ms: the last call counts. What is typed is over by itself 1 s after the last `true`. */
  readonly updateTyping: (isTyping: boolean) => void
}

/** `keystroke` waits for 300 ms by itself; so does the end here, and a key meanwhile takes it back. */
const handlingOf = (conversation: Conversation): MessageHandling & { end(): void } => {
  let stop: ReturnType<typeof setTimeout> | undefined
  const stopNow = () => {
    clearTimeout(stop)
    stop = undefined
    conversation.stopTyping()
  }
  return {
    sendMessage(content, parentId) {
      const sending = conversation.send(content, parentId === undefined ? {} : { parentId })
      stopNow()
      return sending
    },
    updateTyping(isTyping) {
      clearTimeout(stop)
      stop = undefined
      if (isTyping) conversation.keystroke()
      else stop = setTimeout(stopNow, TYPING_DEBOUNCE)
    },
    end() {
      if (stop !== undefined) stopNow()
    },
  }
}

/** Document 003's hook: sending and typing in one channel. Receipts and what arrives need no handling. */
export const useMessageHandling = (channelId: string): MessageHandling => {
  const parley = useParley()
  const handling = useMemo(() => handlingOf(parley.conversation(channelId)), [parley, channelId])
  useEffect(() => () => handling.end(), [handling])
  return handling
}
