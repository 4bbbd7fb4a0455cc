import { Hash, MessageCircle, MessagesSquare } from 'lucide-react'
import { Trans, useTranslation } from 'react-i18next'
import { Navigate } from 'react-router'
import { useMe } from '../session/index.ts'
import { Button, EmptyState, Shortcut, useIsWide } from '../ui/index.ts'
import { openDialog } from './dialogs.ts'
import { readLastPlace } from './last-place.ts'
import { useOrder } from './use-order.ts'

/** At the beginning: where one was last; else what to do first. On a phone the list is the beginning. */
export function HomePage() {
  const { t } = useTranslation('shell')
  const { id, username, isGuest } = useMe()
  const isWide = useIsWide()
  const { all, state } = useOrder()
  const last = readLastPlace(id)
  if (isWide && last !== null) return <Navigate to={last} replace />
  if (state === 'loading') return null
  const isNew = all.length === 0
  return (
    <div className="flex h-full min-h-0 flex-col">
      <EmptyState
        isPage
        icon={<MessagesSquare size={28} />}
        title={isNew ? t('empty.welcome', { name: username }) : t('empty.title')}
        text={
          isNew ? (
            t(isGuest ? 'empty.guest' : 'empty.first')
          ) : (
            <Trans t={t} i18nKey="empty.text" components={{ key: <Shortcut keys="Mod+K" /> }} />
          )
        }
        actions={isGuest ? <GuestActions /> : <FirstActions />}
      />
    </div>
  )
}

function FirstActions() {
  const { t } = useTranslation('shell')
  return (
    <>
      <Button
        look="primary"
        icon={<MessageCircle size={16} aria-hidden="true" />}
        onClick={() => openDialog('new-direct')}
      >
        {t('command.newDirect')}
      </Button>
      <Button icon={<Hash size={16} aria-hidden="true" />} onClick={() => openDialog('browse-channels')}>
        {t('command.browseChannels')}
      </Button>
    </>
  )
}

function GuestActions() {
  const { t } = useTranslation('shell')
  return (
    <>
      <Button onClick={() => openDialog('join-room')}>{t('command.joinRoom')}</Button>
      <Button onClick={() => openDialog('browse-channels')}>{t('command.browseChannels')}</Button>
    </>
  )
}
