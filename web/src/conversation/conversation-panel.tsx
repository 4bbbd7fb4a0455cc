import type { ConversationSummary, Message, MessageList } from '@parley/client'
import { useTranslation } from 'react-i18next'
import { MembersPanel } from '../channels/index.ts'
import { SearchPanel } from '../search/index.ts'
import { type Panel, RightPanel, usePanel } from '../shell/index.ts'
import { useScope } from './conversation-scope.ts'
import { DetailsPanel } from './details-panel.tsx'
import { ReadersPanel } from './readers-panel.tsx'
import { ThreadPanel } from './thread-panel.tsx'

export interface ConversationPanelProps {
  readonly panel: Panel | null
  readonly list: MessageList
  readonly summary: ConversationSummary | null
  /** An answer to show in the thread that is open; null: none. */
  readonly threadTarget: string | null
  readonly onThreadTargetDone: () => void
  readonly onRemove: (message: Message) => void
}

/** What is beside the conversation, if anything. */
export function ConversationPanel(props: ConversationPanelProps) {
  const { panel } = props
  const { t } = useTranslation('conversation')
  return (
    <RightPanel label={panel === null ? '' : t(`panel.${panel.kind}`)}>
      {panel === null ? null : <PanelContent {...props} panel={panel} />}
    </RightPanel>
  )
}

function PanelContent({ panel, ...props }: ConversationPanelProps & { readonly panel: Panel }) {
  const { close } = usePanel()
  const { conversation } = useScope()
  const { list, summary } = props
  switch (panel.kind) {
    case 'thread':
      return (
        <ThreadPanel
          key={panel.parentId}
          rootId={panel.parentId}
          list={list}
          summary={summary}
          targetId={props.threadTarget}
          onTargetDone={props.onThreadTargetDone}
          onRemove={props.onRemove}
          onClose={close}
        />
      )
    case 'readers':
      return <ReadersPanel messageId={panel.messageId} list={list} onClose={close} />
    case 'members':
      return <MembersPanel conversationId={conversation.id} onClose={close} />
    case 'details':
      return <DetailsPanel summary={summary} onClose={close} />
    case 'search':
      return <SearchPanel onClose={close} />
  }
}
