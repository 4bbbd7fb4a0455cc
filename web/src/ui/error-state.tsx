import { RotateCw, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './button.tsx'

export interface ErrorStateProps {
  /** What did not work: "The members could not be loaded." */
  readonly title: string
  /** The title is the heading of the page. */
  readonly isPage?: boolean
  /** Why: the server's own sentence. */
  readonly text?: ReactNode
  /** Tries the same again. */
  readonly onRetry?: () => void
  /** Other ways on. */
  readonly actions?: ReactNode
}

/** Something failed: says what happened and offers the way on. Fills its place and centres. */
export function ErrorState({ title, isPage = false, text, onRetry, actions }: ErrorStateProps) {
  const { t } = useTranslation('common')
  const Title = isPage ? 'h1' : 'p'
  return (
    <div
      role="alert"
      className="flex min-h-0 flex-1 flex-col items-center justify-center gap-3 p-6 text-center"
    >
      <div
        aria-hidden="true"
        className="flex size-14 items-center justify-center rounded-full bg-bad-soft text-bad"
      >
        <TriangleAlert size={26} />
      </div>
      <div className="max-w-sm">
        <Title className="breakable text-15 font-semibold">{title}</Title>
        {text === undefined ? null : <p className="breakable mt-1 text-muted">{text}</p>}
      </div>
      <div className="mt-1 flex flex-wrap justify-center gap-2 empty:hidden">
        {onRetry === undefined ? null : (
          <Button icon={<RotateCw size={16} aria-hidden="true" />} onClick={onRetry}>
            {t('retry')}
          </Button>
        )}
        {actions}
      </div>
    </div>
  )
}
