import type { Typist } from '@parley/client'
import { useTranslation } from 'react-i18next'

/** Who types now. It keeps its height, so that nothing jumps. */
export function TypingLine({ typing }: { readonly typing: readonly Typist[] }) {
  const { t } = useTranslation('room')
  const [first, second] = typing
  const text =
    first === undefined
      ? null
      : second === undefined
        ? t('typingOne', { name: first.name })
        : typing.length === 2
          ? t('typingTwo', { first: first.name, second: second.name })
          : t('typingMany', { count: typing.length })
  return (
    <div role="status" className="h-5 px-4 text-12 text-muted">
      {text === null ? null : (
        <span data-testid="typing-indicator" className="block truncate" dir="auto">
          {text}
        </span>
      )}
    </div>
  )
}
