import type { Conversation, Typist } from '@parley/client'
import { useObservable } from '@parley/client/react'
import { useTranslation } from 'react-i18next'

/** More than these are "several people". */
const MOST_NAMED = 2

function Sentence({ typists }: { readonly typists: readonly Typist[] }) {
  const { t } = useTranslation('conversation')
  const [first, second] = typists
  if (typists.length > MOST_NAMED) return t('typing.several')
  return second === undefined
    ? t('typing.one', { name: first?.name ?? '' })
    : t('typing.two', { name: first?.name ?? '', other: second.name })
}

/** Who types, told politely. It has its place when nobody does, so that nothing moves. */
export function TypingLine({ conversation }: { readonly conversation: Conversation }) {
  const typists = useObservable(conversation.typing)
  return (
    <div aria-live="polite" className="h-5 shrink-0 px-4 text-12 text-muted wide:px-6">
      {typists.length === 0 ? null : (
        <p data-testid="typing-indicator" className="truncate">
          <Sentence typists={typists} />
        </p>
      )}
    </div>
  )
}
