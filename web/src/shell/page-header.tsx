import { ArrowLeft, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { IconButton, useIsWide } from '../ui/index.ts'

export interface PageHeaderProps {
  /** Before the title: an avatar or an icon. */
  readonly start?: ReactNode
  readonly title: ReactNode
  /** Below it, small: presence, topic, who types. */
  readonly subtitle?: ReactNode
  /** `IconButton`s at the end; on a phone leave three at most, and a menu. */
  readonly actions?: ReactNode
}

/** The 56 px on top of a page, with the way back to the list on a phone. */
export function PageHeader({ start, title, subtitle, actions }: PageHeaderProps) {
  const { t } = useTranslation('common')
  const navigate = useNavigate()
  const isWide = useIsWide()
  return (
    <header className="flex h-14 shrink-0 items-center gap-2 border-b bg-surface ps-2 pe-2 [--behind:var(--surface)] wide:ps-4">
      {isWide ? null : (
        <IconButton
          label={t('back')}
          icon={<ArrowLeft size={20} aria-hidden="true" className="directional" />}
          tooltipSide="bottom"
          onClick={() => navigate('/')}
        />
      )}
      {start}
      <div className="min-w-0 flex-1">
        <h1 dir="auto" className="truncate page-start text-15 font-semibold">
          {title}
        </h1>
        {subtitle === undefined ? null : <div className="truncate text-12 text-muted">{subtitle}</div>}
      </div>
      <div className="flex shrink-0 items-center gap-0.5">{actions}</div>
    </header>
  )
}

export interface PanelHeaderProps {
  readonly title: ReactNode
  readonly subtitle?: ReactNode
  readonly actions?: ReactNode
  readonly onClose: () => void
}

/** The 56 px on top of what is in the right panel. */
export function PanelHeader({ title, subtitle, actions, onClose }: PanelHeaderProps) {
  const { t } = useTranslation('common')
  const isWide = useIsWide()
  return (
    <header className="flex h-14 shrink-0 items-center gap-2 border-b bg-surface ps-2 pe-2 [--behind:var(--surface)] wide:ps-4">
      {isWide ? null : (
        <IconButton
          label={t('back')}
          icon={<ArrowLeft size={20} aria-hidden="true" className="directional" />}
          tooltipSide="bottom"
          onClick={onClose}
        />
      )}
      <div className="min-w-0 flex-1">
        <h2 dir="auto" className="truncate page-start text-15 font-semibold">
          {title}
        </h2>
        {subtitle === undefined ? null : <div className="truncate text-12 text-muted">{subtitle}</div>}
      </div>
      <div className="flex shrink-0 items-center gap-0.5">
        {actions}
        {isWide ? (
          <IconButton
            label={t('close')}
            icon={<X size={18} aria-hidden="true" />}
            tooltipSide="bottom"
            onClick={onClose}
          />
        ) : null}
      </div>
    </header>
  )
}
