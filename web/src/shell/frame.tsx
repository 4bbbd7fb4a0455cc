import { Suspense, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Outlet, useLocation } from 'react-router'
import { cx } from '../ui/index.ts'
import { ConnectionBar } from './connection-bar.tsx'
import { CrashBoundary } from './crash-boundary.tsx'
import { DialogBoundary } from './dialog-boundary.tsx'
import { DialogHost } from './dialog-host.tsx'
import { CallLayer, SearchPanel } from './features.tsx'
import { useLastPlace } from './last-place.ts'
import { forgetFailures, loadAll } from './late.tsx'
import { PageSkeleton } from './page-skeleton.tsx'
import { usePanel } from './panel.ts'
import { RightPanel } from './right-panel.tsx'
import { Sidebar } from './sidebar.tsx'
import { useAttention } from './use-attention.ts'
import { useFrameKeys } from './use-frame-keys.ts'
import { useWindowTitle } from './use-window-title.ts'

/** Sidebar and page side by side; on a phone the one or the other. What rings, and what is opened from anywhere, above. */
export function Frame() {
  const { t } = useTranslation('shell')
  const { pathname } = useLocation()
  const isHome = pathname === '/'
  useWindowTitle()
  useAttention()
  useFrameKeys()
  useLastPlace()
  useEffect(() => {
    // Once everything else is quiet.
    const timer = setTimeout(() => void loadAll(), 5_000)
    return () => clearTimeout(timer)
  }, [])
  return (
    <div className="flex h-dvh flex-col">
      <a
        href="#page"
        className="sr-only rounded-6 focus:not-sr-only focus:fixed focus:start-2 focus:top-2 focus:z-50 focus:bg-raised focus:px-3 focus:py-2"
      >
        {t('skip')}
      </a>
      <ConnectionBar />
      <div className="flex min-h-0 flex-1">
        <Sidebar
          isHome={isHome}
          className={cx('w-full wide:w-70 wide:shrink-0', isHome ? 'flex' : 'hidden wide:flex')}
        />
        <main
          id="page"
          tabIndex={-1}
          className={cx(
            'min-h-0 min-w-0 flex-1 flex-col bg-surface outline-none [--behind:var(--surface)] wide:border-s',
            isHome ? 'hidden wide:flex' : 'flex',
          )}
        >
          <CrashBoundary resetKey={pathname}>
            <Suspense fallback={<PageSkeleton />}>
              <Outlet />
            </Suspense>
          </CrashBoundary>
        </main>
        <SearchColumn />
      </div>
      <DialogBoundary onError={forgetFailures}>
        <Suspense fallback={null}>
          <CallLayer />
        </Suspense>
      </DialogBoundary>
      <DialogHost />
    </div>
  )
}

/** Search beside the pages that have no panel of their own; conversations have. */
function SearchColumn() {
  const { t } = useTranslation('shell')
  const { panel, close } = usePanel()
  const isOwn = useLocation().pathname.startsWith('/chat/')
  return (
    <RightPanel label={t('command.searchMessages')}>
      {panel?.kind === 'search' && !isOwn ? (
        <CrashBoundary>
          <Suspense fallback={null}>
            <SearchPanel onClose={close} />
          </Suspense>
        </CrashBoundary>
      ) : null}
    </RightPanel>
  )
}
