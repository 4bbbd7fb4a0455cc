import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, ErrorState } from '../ui/index.ts'
import { forgetFailures, LoadError } from './late.tsx'

function Crashed() {
  const { t } = useTranslation('shell')
  return (
    <div className="flex h-full min-h-60 flex-col bg-surface">
      <ErrorState
        isPage
        title={t('crash.title')}
        text={t('crash.text')}
        actions={
          <Button look="primary" onClick={() => location.reload()}>
            {t('crash.reload')}
          </Button>
        }
      />
    </div>
  )
}

function NotLoaded({ onRetry }: { readonly onRetry: () => void }) {
  const { t } = useTranslation('shell')
  return (
    <div className="flex h-full min-h-60 flex-col bg-surface">
      <ErrorState isPage title={t('notLoaded.title')} text={t('notLoaded.text')} onRetry={onRetry} />
    </div>
  )
}

interface CrashBoundaryProps {
  /** Another value tries again: the address, for a page. */
  readonly resetKey?: string
  readonly children: ReactNode
}

interface CrashState {
  readonly error: unknown
  readonly isBroken: boolean
}

const WHOLE: CrashState = { error: null, isBroken: false }

/** Holds what breaks below it in its place, and offers the way on. */
export class CrashBoundary extends Component<CrashBoundaryProps, CrashState> {
  override state = WHOLE

  static getDerivedStateFromError(error: unknown): CrashState {
    return { error, isBroken: true }
  }

  override componentDidUpdate(before: CrashBoundaryProps): void {
    if (this.state.isBroken && before.resetKey !== this.props.resetKey) this.#retry()
  }

  override render(): ReactNode {
    const { error, isBroken } = this.state
    if (!isBroken) return this.props.children
    return error instanceof LoadError ? <NotLoaded onRetry={this.#retry} /> : <Crashed />
  }

  readonly #retry = (): void => {
    forgetFailures()
    this.setState(WHOLE)
  }
}
