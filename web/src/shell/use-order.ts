import type { ConversationSummary } from '@parley/client'
import { useConversations } from '@parley/client/react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'react-router'
import { pathOf } from './paths.ts'
import { type Sections, sectionsOf } from './sort-conversations.ts'

export interface Order extends Sections {
  readonly state: 'loading' | 'ready'
  /** In the order of the sidebar. */
  readonly all: readonly ConversationSummary[]
  /** The one that is shown now. */
  readonly current: ConversationSummary | null
}

const isAt = (path: string, summary: ConversationSummary): boolean => {
  if (path === pathOf(summary)) return true
  // A channel may be called by its name.
  return summary.kind === 'channel' && path === `/chat/channel/${encodeURIComponent(summary.name)}`
}

/** One's conversations as the sidebar lists them, and which of them is open. */
export function useOrder(): Order {
  const { state, items } = useConversations()
  const language = useTranslation().i18n.language
  const { pathname } = useLocation()
  const sections = useMemo(() => sectionsOf(items, language), [items, language])
  return useMemo(() => {
    const all = [...sections.direct, ...sections.channels]
    return { ...sections, state, all, current: all.find((summary) => isAt(pathname, summary)) ?? null }
  }, [sections, state, pathname])
}
