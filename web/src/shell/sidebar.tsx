import { Search } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { cx, Shortcut } from '../ui/index.ts'
import { AccountRow } from './account-row.tsx'
import { openDialog } from './dialogs.ts'
import { moveFocus } from './move-focus.ts'
import { SidebarLists } from './sidebar-lists.tsx'

interface SidebarProps {
  readonly className: string
  readonly isHome: boolean
}

/** Everything one can go to. */
export function Sidebar({ className, isHome }: SidebarProps) {
  const { t } = useTranslation('shell')
  return (
    <div className={cx('min-h-0 flex-col bg-background', className)}>
      <div className="flex h-14 shrink-0 items-center px-3">
        <button
          type="button"
          aria-keyshortcuts="Control+K Meta+K"
          onClick={() => openDialog('palette')}
          className="flex h-8.5 min-w-0 flex-1 items-center gap-2 rounded-6 border border-line bg-surface px-2.5 text-muted transition-colors hover:border-edge hover:text-text pointer-coarse:h-11"
        >
          <Search size={16} aria-hidden="true" className="shrink-0" />
          <span className="min-w-0 flex-1 truncate text-start">{t('search')}</span>
          <span aria-hidden="true" className="pointer-coarse:hidden">
            <Shortcut keys="Mod+K" />
          </span>
        </button>
      </div>
      <nav
        aria-label={t('sidebar')}
        className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 pb-4"
        onKeyDown={moveFocus}
      >
        {/* On a phone the list is the page. */}
        {isHome ? <h1 className="sr-only wide:hidden">{t('sidebar')}</h1> : null}
        <SidebarLists />
      </nav>
      <AccountRow />
    </div>
  )
}
