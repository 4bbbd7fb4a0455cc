import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../ui/index.ts'

export interface LeaveRoomDialogProps {
  readonly isOpen: boolean
  /** Nobody else is there: the room ends. */
  readonly isLast: boolean
  readonly onClose: () => void
  readonly onLeave: () => void
}

/** Leaving forgets what was said, so it is asked for twice. */
export function LeaveRoomDialog({ isOpen, isLast, onClose, onLeave }: LeaveRoomDialogProps) {
  const { t } = useTranslation('room')
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('leaveTitle')}
      text={isLast ? t('leaveLastText') : t('leaveText')}
      confirmLabel={t('leaveConfirm')}
      isDangerous
      onConfirm={onLeave}
    />
  )
}
