import { Link } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { groupPath } from '../shell/paths.ts'
import { Button, IconButton, showToast } from '../ui/index.ts'

const useCopy = (groupId: string): (() => void) => {
  const { t } = useTranslation('call')
  return () => {
    const link = new URL(groupPath(groupId), location.origin).href
    // Undefined outside a secure context.
    const clipboard = navigator.clipboard as Clipboard | undefined
    const copied =
      clipboard === undefined ? Promise.reject(new Error('no clipboard')) : clipboard.writeText(link)
    copied.then(
      () => showToast(t('group.copied'), { tone: 'good', id: 'call-link' }),
      () => showToast(t('group.copyFailed'), { tone: 'bad', id: 'call-link' }),
    )
  }
}

interface CopyLinkProps {
  readonly groupId: string
  readonly isIcon?: boolean
}

/** Copies the link of a group call. */
export function CopyLink({ groupId, isIcon = false }: CopyLinkProps) {
  const { t } = useTranslation('call')
  const copy = useCopy(groupId)
  const icon = <Link size={isIcon ? 18 : 16} aria-hidden="true" />
  return isIcon ? (
    <IconButton label={t('group.copy')} icon={icon} tooltipSide="bottom" onClick={copy} />
  ) : (
    <Button icon={icon} onClick={copy}>
      {t('group.copy')}
    </Button>
  )
}
