import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, ErrorState } from '../ui/index.ts'

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

interface CrashBoundaryProps {
  /** Another value tries again: the address, for a page. */
  readonly resetKey?: string
  readonly children: ReactNode
}

/** Holds what breaks below it in its place, and offers the way on. */
export class CrashBoundary extends Component<CrashBoundaryProps, { readonly isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError(): { readonly isBroken: boolean } {
    return { isBroken: true }
  }

  override componentDidUpdate(before: CrashBoundaryProps): void {
    if (this.state.isBroken && before.resetKey !== this.props.resetKey) this.setState({ isBroken: false })
  }

  override render(): ReactNode {
    return this.state.isBroken ? <Crashed /> : this.props.children
  }
}
