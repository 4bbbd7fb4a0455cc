import './message-html.css'
import { useDeferredValue, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useScope } from './conversation-scope.ts'
import { previewHtml } from './markdown.ts'
import { MessageHtml } from './message-html.tsx'

/** How a text will look as a message. */
export function Preview({ text }: { readonly text: string }) {
  const { t } = useTranslation('conversation')
  const { names } = useScope()
  const shown = useDeferredValue(text)
  const html = useMemo(() => previewHtml(shown), [shown])
  return (
    <section aria-label={t('composer.preview')} className="max-h-[24dvh] overflow-y-auto border-b px-3 py-2">
      <p className="mb-1 text-12 text-muted">{t('composer.preview')}</p>
      {shown.trim() === '' ? (
        <p className="text-muted">{t('composer.previewEmpty')}</p>
      ) : (
        <MessageHtml html={html} names={names} />
      )}
    </section>
  )
}
