import type { ReactNode } from 'react'

export interface EmptyStateProps {
  /** A lucide icon of 28 px. */
  readonly icon?: ReactNode
  readonly title: string
  /** The title is the heading of the page. */
  readonly isPage?: boolean
  /** What to do next. */
  readonly text?: ReactNode
  /** Buttons that do it. */
  readonly actions?: ReactNode
}

/** Nothing here yet: says what to do. Fills its place and centres. */
export function EmptyState({ icon, title, isPage = false, text, actions }: EmptyStateProps) {
  const Title = isPage ? 'h1' : 'p'
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center justify-center gap-3 p-6 text-center">
      {icon === undefined ? null : (
        <div
          aria-hidden="true"
          className="flex size-14 items-center justify-center rounded-full bg-hover text-muted"
        >
          {icon}
        </div>
      )}
      <div className="max-w-md">
        <Title className="breakable text-15 font-semibold">{title}</Title>
        {text === undefined ? null : <p className="breakable mt-1 text-muted">{text}</p>}
      </div>
      {actions === undefined ? null : (
        <div className="mt-1 flex flex-wrap justify-center gap-2">{actions}</div>
      )}
    </div>
  )
}
