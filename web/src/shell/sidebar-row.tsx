import type { ReactNode } from 'react'
import { NavLink } from 'react-router'
import { cx } from '../ui/index.ts'

export interface SidebarRowProps {
  readonly to: string
  /** 24 px: an avatar or an icon. */
  readonly start: ReactNode
  readonly name: string
  /** Words after the name for screen readers, and marks. */
  readonly end?: ReactNode
  readonly isUnread?: boolean
  readonly isQuiet?: boolean
}

/** A place to go to. */
export function SidebarRow({ to, start, name, end, isUnread = false, isQuiet = false }: SidebarRowProps) {
  return (
    <li>
      <NavLink
        to={to}
        title={name.length > 24 ? name : undefined}
        className={({ isActive }) =>
          cx(
            'flex h-8.5 items-center gap-2.5 rounded-6 px-2 transition-[background-color] outline-offset-0 pointer-coarse:h-11',
            isActive
              ? 'bg-selected text-text [--behind:var(--selected)]'
              : 'hover:bg-hover hover:[--behind:var(--hover)]',
            isUnread ? 'font-semibold text-text' : !isActive && 'text-text',
            isQuiet && !isUnread && 'text-muted',
          )
        }
      >
        <span className="flex w-6 shrink-0 justify-center">{start}</span>
        <span dir="auto" className="min-w-0 flex-1 truncate page-start">
          {name}
        </span>
        {end}
      </NavLink>
    </li>
  )
}
