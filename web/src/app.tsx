import { CSPProvider } from '@base-ui/react/csp-provider'
import { DirectionProvider } from '@base-ui/react/direction-provider'
import { ParleyProvider } from '@parley/client/react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { BrowserRouter } from 'react-router'
import { dirOf } from './i18n/languages.ts'
import { AppRoutes } from './routes.tsx'
import { useSession } from './session/session-store.ts'
import { SignInPage } from './session/sign-in-page.tsx'
import { StartingPage } from './session/starting-page.tsx'
import { CrashBoundary } from './shell/crash-boundary.tsx'
import { ToastRegion, TooltipProvider } from './ui/index.ts'

const newQueryClient = () =>
  new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 15_000, gcTime: 5 * 60_000 } } })

function SignedIn() {
  const parley = useSession((state) => (state.phase === 'in' ? state.parley : null))
  // What was asked for as one user is not shown to the next.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another client is another user.
  const queries = useMemo(newQueryClient, [parley])
  if (parley === null) return null
  return (
    <ParleyProvider parley={parley} key={parley.me.get()?.id}>
      <QueryClientProvider client={queries}>
        <AppRoutes />
      </QueryClientProvider>
    </ParleyProvider>
  )
}

function Phase() {
  const phase = useSession((state) => state.phase)
  const reason = useSession((state) => (state.phase === 'out' ? state.reason : null))
  if (phase === 'in') return <SignedIn />
  return phase === 'out' ? <SignInPage reason={reason} /> : <StartingPage />
}

/** The whole app. */
export function App() {
  const { i18n } = useTranslation()
  return (
    // The page's policy takes no style elements that are made on the way.
    <CSPProvider disableStyleElements>
      <DirectionProvider direction={dirOf(i18n.language)}>
        <TooltipProvider>
          <CrashBoundary>
            <BrowserRouter>
              <Phase />
            </BrowserRouter>
          </CrashBoundary>
          <ToastRegion />
        </TooltipProvider>
      </DirectionProvider>
    </CSPProvider>
  )
}
