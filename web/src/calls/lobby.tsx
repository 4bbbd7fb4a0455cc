import type { CallOptions } from '@parley/client'
import { Phone, Video, VideoOff } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar, Button, IconButton, Notice } from '../ui/index.ts'
import { CopyLink } from './copy-link.tsx'
import { Picture } from './media.tsx'
import { usePreview } from './use-preview.ts'

export interface LobbyProps {
  readonly groupId: string
  readonly name: string
  readonly memberCount: number
  readonly me: { readonly id: string; readonly username: string }
  /** Rejects when one cannot enter. */
  readonly onJoin: (options: CallOptions) => Promise<unknown>
  readonly sentenceOf: (cause: unknown) => string
}

/** Before a group call: how one looks, and the way in. */
export function Lobby({ groupId, name, memberCount, me, onJoin, sentenceOf }: LobbyProps) {
  const { t } = useTranslation('call')
  const [hasCamera, setCamera] = useState(true)
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const preview = usePreview(hasCamera && !isBusy)
  const join = async (event: FormEvent) => {
    event.preventDefault()
    if (isBusy) return
    setBusy(true)
    setFailure(null)
    await onJoin({ video: hasCamera && !preview.isRefused }).catch((cause: unknown) =>
      setFailure(sentenceOf(cause)),
    )
    setBusy(false)
  }
  return (
    <div className="min-h-0 flex-1 overflow-y-auto p-4">
      <form
        onSubmit={(event) => void join(event)}
        noValidate
        className="mx-auto flex min-h-full w-full max-w-lg flex-col justify-center gap-4"
      >
        <div className="text-center">
          <h2 dir="auto" className="breakable text-22 font-semibold">
            {t('group.lobby', { name })}
          </h2>
          <p className="mt-1 text-muted">{t('group.count', { count: memberCount })}</p>
        </div>
        <div className="relative aspect-video overflow-hidden rounded-10 bg-raised inset-ring-1 inset-ring-line">
          {preview.stream === null ? (
            <div className="flex size-full flex-col items-center justify-center gap-2 text-muted">
              <Avatar id={me.id} name={me.username} size={72} />
              {t('group.cameraOff')}
            </div>
          ) : (
            <>
              <span className="sr-only">{t('group.preview')}</span>
              <Picture stream={preview.stream} isMirrored />
            </>
          )}
          <div className="absolute inset-x-0 bottom-3 flex justify-center">
            <IconButton
              look="solid"
              size="large"
              label={t(hasCamera ? 'bar.cameraOff' : 'bar.cameraOn')}
              icon={
                hasCamera ? <Video size={20} aria-hidden="true" /> : <VideoOff size={20} aria-hidden="true" />
              }
              onClick={() => setCamera(!hasCamera)}
            />
          </div>
        </div>
        {preview.isRefused ? (
          <Notice tone="warn" role="status">
            {t('problem.camera-denied')}
          </Notice>
        ) : null}
        {failure === null ? null : (
          <Notice tone="bad" role="alert">
            {failure}
          </Notice>
        )}
        <div className="flex flex-wrap justify-center gap-2">
          <CopyLink groupId={groupId} />
          <Button type="submit" look="primary" isBusy={isBusy} icon={<Phone size={16} aria-hidden="true" />}>
            {t('group.join')}
          </Button>
        </div>
      </form>
    </div>
  )
}
