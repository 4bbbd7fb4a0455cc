import type { IncomingCall } from '@parley/client'
import { Bell, BellOff, Phone, PhoneOff, Video } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Avatar, Button, IconButton, showToast } from '../ui/index.ts'
import { refusalOf } from './refusal.ts'
import { setRingSound, useRingSetting } from './ring-setting.ts'

/** A call that rings: who it is, and the three answers. */
export function IncomingCallCard({ call }: { readonly call: IncomingCall }) {
  const { t } = useTranslation('call')
  const hasSound = useRingSetting((setting) => setting.hasSound)
  const { username, accountId } = call.from
  const accept = (video: boolean) =>
    call.accept({ video }).catch((cause: unknown) => showToast(refusalOf(cause, t), { tone: 'bad' }))
  return (
    <section
      aria-label={t('incoming.title', { name: username })}
      data-testid="incoming-call"
      className="w-full rounded-10 border border-line bg-raised p-3 shadow-high wide:w-80"
    >
      <div className="flex items-center gap-3">
        <span className="animate-rest">
          <Avatar id={accountId ?? username} name={username} size={48} />
        </span>
        <div className="min-w-0 flex-1">
          <p className="truncate font-semibold">
            <bdi>{username}</bdi>
          </p>
          <p className="text-13 text-muted">{t('incoming.text')}</p>
        </div>
        <IconButton
          size="small"
          label={t(hasSound ? 'incoming.soundOff' : 'incoming.soundOn')}
          icon={hasSound ? <Bell size={16} aria-hidden="true" /> : <BellOff size={16} aria-hidden="true" />}
          onClick={() => setRingSound(!hasSound)}
        />
      </div>
      <div className="mt-3 flex gap-2">
        <Button
          look="danger"
          className="flex-1"
          icon={<PhoneOff size={16} aria-hidden="true" />}
          onClick={() => call.decline()}
        >
          {t('incoming.decline')}
        </Button>
        <IconButton
          look="primary"
          label={t('incoming.acceptVoice')}
          icon={<Phone size={18} aria-hidden="true" />}
          className="w-16"
          onClick={() => void accept(false)}
        />
        <IconButton
          look="primary"
          label={t('incoming.acceptVideo')}
          icon={<Video size={18} aria-hidden="true" />}
          className="w-16"
          onClick={() => void accept(true)}
        />
      </div>
    </section>
  )
}
