import './message-html.css'
import type { Message } from '@parley/client'
import { PhoneMissed, Trash2 } from 'lucide-react'
import { memo } from 'react'
import { useScope } from './conversation-scope.ts'
import { isEmojiOnly } from './emoji-only.ts'
import { previewHtml } from './markdown.ts'
import { isMediaMessage, MediaMessage } from './media-message.tsx'
import { MessageHtml } from './message-html.tsx'

function DeletedBody() {
  const { t } = useScope()
  return (
    <p className="flex items-center gap-1.5 text-muted italic">
      <Trash2 size={14} aria-hidden="true" className="shrink-0" />
      {t('message.deleted')}
    </p>
  )
}

function CallBody({ isOwn }: { readonly isOwn: boolean }) {
  const { t } = useScope()
  return (
    <p className="flex items-center gap-1.5">
      <PhoneMissed size={16} aria-hidden="true" className="shrink-0 text-bad" />
      {t(isOwn ? 'message.callUnanswered' : 'message.callMissed')}
    </p>
  )
}

/** What a message says. */
export const MessageBody = memo(function MessageBody({ message }: { readonly message: Message }) {
  const { names } = useScope()
  if (message.deletedAt !== null) return <DeletedBody />
  if (message.messageType === 'call') return <CallBody isOwn={message.isOwn} />
  if (isMediaMessage(message)) return <MediaMessage message={message} />
  if (isEmojiOnly(message.source)) return <p className="text-[2rem]/10">{message.source.trim()}</p>
  return <MessageHtml html={message.contentHtml ?? previewHtml(message.source)} names={names} />
})
