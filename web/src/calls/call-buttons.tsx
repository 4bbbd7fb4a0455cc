import { useObservable, useParley } from '@parley/client/react'
import { Phone, Video } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../session/index.ts'
import { IconButton, showToast } from '../ui/index.ts'
import { refusalOf } from './refusal.ts'

export interface CallButtonsProps {
  /** Whom to call. */
  readonly user: { readonly id: string; readonly username: string }
}

/** Voice and video calls to somebody, for the header of their conversation. Nothing for oneself, and for guests. */
export function CallButtons({ user }: CallButtonsProps) {
  const { calls } = useParley()
  const { t } = useTranslation('call')
  const me = useMe()
  const isBusy = useObservable(calls.current) !== null
  if (me.isGuest || me.id === user.id) return null
  const call = (video: boolean) =>
    void calls
      .callUser(user, { video })
      .catch((cause: unknown) => showToast(refusalOf(cause, t), { tone: 'bad' }))
  return (
    <>
      <IconButton
        label={t('voice')}
        icon={<Phone size={18} aria-hidden="true" />}
        tooltipSide="bottom"
        disabled={isBusy}
        onClick={() => call(false)}
      />
      <IconButton
        label={t('video')}
        icon={<Video size={18} aria-hidden="true" />}
        tooltipSide="bottom"
        disabled={isBusy}
        onClick={() => call(true)}
      />
    </>
  )
}
