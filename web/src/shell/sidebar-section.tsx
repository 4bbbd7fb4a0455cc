import { ChevronDown } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { cx } from '../ui/index.ts'
import { type SectionName, toggleFold, useFolds } from './folds.ts'

export interface SidebarSectionProps {
  readonly name: SectionName
  readonly title: string
  /** The button that adds one. */
  readonly action: ReactNode
  /** Nothing of it can be shown while it is folded. */
  readonly children: ReactNode
  /** Stays in sight when folded: what is unread, what is open. */
  readonly always?: ReactNode
}

/** A part of the list that folds. */
export function SidebarSection({ name, title, action, children, always }: SidebarSectionProps) {
  const id = useId()
  const isFolded = useFolds(({ folded }) => folded.includes(name))
  return (
    <section aria-labelledby={`${id}-title`} className="pt-3 first:pt-0">
      <div className="flex h-8 items-center gap-1 ps-1 pe-0.5">
        <h2 id={`${id}-title`} className="min-w-0 flex-1">
          <button
            type="button"
            data-stop=""
            aria-expanded={!isFolded}
            aria-controls={`${id}-list`}
            onClick={() => toggleFold(name)}
            className="flex h-7 max-w-full items-center gap-1 rounded-6 px-1 text-13 font-medium text-muted hover:text-text"
          >
            <ChevronDown
              size={14}
              aria-hidden="true"
              className={cx('shrink-0 transition-transform', isFolded && '-rotate-90 rtl:rotate-90')}
            />
            <span className="truncate">{title}</span>
          </button>
        </h2>
        {action}
      </div>
      <ul id={`${id}-list`}>{isFolded ? always : children}</ul>
    </section>
  )
}

/** One line that says that a section has nothing, and offers the first thing. */
export function SidebarNothing({ children }: { readonly children: ReactNode }) {
  return <li className="px-2.5 py-1 text-13 text-muted">{children}</li>
}
