import type { Conversation, ConversationSummary } from '@parley/client'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../session/index.ts'
import { useTimes } from '../ui/index.ts'
import type { ConversationScope, MessageActions } from './conversation-scope.ts'
import { useNames } from './use-names.ts'

/** The scope of a list of messages of a conversation. */
export const useConversationScope = (
  conversation: Conversation,
  summary: ConversationSummary | null,
  actions: MessageActions,
): ConversationScope => {
  const me = useMe()
  const names = useNames(me.username)
  const { t, i18n } = useTranslation('conversation')
  const { language } = i18n
  const times = useTimes()
  const kind = summary?.kind ?? 'channel'
  const canWrite = summary !== null && summary.role !== null && summary.archivedAt === null
  const canModerate = kind === 'channel' && (summary?.role === 'owner' || summary?.role === 'moderator')
  return useMemo(
    () => ({ conversation, me, kind, canWrite, canModerate, names, t, times, language, actions }),
    [conversation, me, kind, canWrite, canModerate, names, t, times, language, actions],
  )
}
