import { useObservable, useParley } from '@parley/client/react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../ui/index.ts'
import { signOut } from './session-store.ts'
import { useMe } from './use-me.ts'

export interface SignOutDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Asks before what is kept here is removed, and says what would be lost. */
export function SignOutDialog({ isOpen, onClose }: SignOutDialogProps) {
  const { t } = useTranslation('shell')
  const { isGuest, username } = useMe()
  const waiting = useObservable(useParley().waiting)
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('signOut.title')}
      confirmLabel={t('command.signOut')}
      text={
        <>
          <p>{t('signOut.text')}</p>
          {waiting > 0 ? (
            <p className="mt-2 font-medium text-warn">{t('signOut.waiting', { count: waiting })}</p>
          ) : null}
          {isGuest ? <p className="mt-2">{t('signOut.guest', { name: username })}</p> : null}
        </>
      }
      onConfirm={signOut}
    />
  )
}
