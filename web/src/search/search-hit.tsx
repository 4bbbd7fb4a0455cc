import type { ConversationSummary, MessageJson } from '@parley/client'
import { useObservable, useParley } from '@parley/client/react'
import { Hash, Lock, MessageSquare } from 'lucide-react'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { messagePath } from '../shell/index.ts'
import { TimeText, useIsWide } from '../ui/index.ts'
import { excerptOf, piecesOf } from './words.ts'

export interface SearchHitProps {
  readonly message: MessageJson
  /** What is marked. */
  readonly words: readonly string[]
}

/** A message that was found: who, where, when, and the words around the first hit. Leads to its place. */
export function SearchHit({ message, words }: SearchHitProps) {
  const { t } = useTranslation('search')
  const isWide = useIsWide()
  const place = usePlace(message.conversationId)
  const kind = place?.kind ?? 'channel'
  const path = messagePath({ id: message.conversationId, kind, peer: place?.peer ?? null }, message.id)
  // Beside the list the results stay; over it they would hide what was found.
  const to = isWide ? `${path}&panel=search` : path
  return (
    <Link to={to} className="block rounded-6 px-2 py-2 hover:bg-hover">
      <span className="flex items-baseline gap-2">
        <span className="min-w-0 truncate font-medium" dir="auto">
          {message.senderUsername}
        </span>
        <TimeText at={message.createdAt} as="short" className="figures ms-auto shrink-0 text-12 text-muted" />
      </span>
      <span className="flex items-center gap-1 text-13 text-muted">
        <PlaceMark place={place} />
        <span className="min-w-0 truncate" dir="auto">
          {place?.name ?? t('elsewhere')}
        </span>
      </span>
      <span className="breakable mt-1 block page-start" dir="auto">
        {message.messageType === 'call' ? t('call') : <Marked text={message.content} words={words} />}
      </span>
    </Link>
  )
}

function Marked({ text, words }: { readonly text: string; readonly words: readonly string[] }) {
  let at = 0
  return piecesOf(excerptOf(text, words), words).map((piece) => {
    const key = at
    at += piece.text.length
    return piece.isHit ? (
      <mark key={key} className="rounded-[3px] bg-mark px-px text-text">
        {piece.text}
      </mark>
    ) : (
      <span key={key}>{piece.text}</span>
    )
  })
}

function PlaceMark({ place }: { readonly place: ConversationSummary | undefined }) {
  const Mark = place?.kind === 'direct' ? MessageSquare : place?.isPrivate ? Lock : Hash
  return <Mark size={13} aria-hidden="true" className="shrink-0" />
}

const usePlace = (conversationId: string): ConversationSummary | undefined =>
  useObservable(
    useParley().conversations,
    useCallback(({ items }) => items.find(({ id }) => id === conversationId), [conversationId]),
  )
