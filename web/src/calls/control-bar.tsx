import type { Call, CallView } from '@parley/client'
import { Mic, MicOff, MonitorUp, PhoneOff, Video, VideoOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../ui/index.ts'
import { DevicesMenu } from './devices-menu.tsx'

export interface ControlBarProps {
  readonly call: Call
  readonly view: CallView
  readonly onLeave: () => void
  /** Only what one cannot do without. */
  readonly isSmall?: boolean
}

/** The one bar of a call. */
export function ControlBar({ call, view, onLeave, isSmall = false }: ControlBarProps) {
  const { t } = useTranslation('call')
  const { local, phase } = view
  const canShare = 'getDisplayMedia' in (navigator.mediaDevices ?? {})
  const size = isSmall ? 'medium' : 'large'
  const icon = { size: isSmall ? 18 : 20, 'aria-hidden': true } as const
  const off = (isOn: boolean) => (isOn ? '' : 'text-bad')
  return (
    <div role="toolbar" aria-label={t('bar.label')} className="flex items-center justify-center gap-2">
      <IconButton
        look="solid"
        size={size}
        {...(isSmall ? {} : { shortcut: 'M' })}
        label={t(local.microphone ? 'bar.mute' : 'bar.unmute')}
        icon={local.microphone ? <Mic {...icon} /> : <MicOff {...icon} />}
        className={off(local.microphone)}
        onClick={() => void call.setMicrophone(!local.microphone)}
      />
      <IconButton
        look="solid"
        size={size}
        {...(isSmall ? {} : { shortcut: 'V' })}
        label={t(local.camera ? 'bar.cameraOff' : 'bar.cameraOn')}
        icon={local.camera ? <Video {...icon} /> : <VideoOff {...icon} />}
        className={off(local.camera)}
        onClick={() => void call.setCamera(!local.camera)}
      />
      {isSmall || !canShare ? null : (
        <IconButton
          look="solid"
          size={size}
          label={t(local.screen ? 'bar.shareOff' : 'bar.shareOn')}
          icon={<MonitorUp {...icon} />}
          className={local.screen ? 'text-accent' : ''}
          onClick={() => void call.shareScreen(!local.screen)}
        />
      )}
      {isSmall ? null : <DevicesMenu call={call} local={local} />}
      <IconButton
        look="danger"
        size={size}
        label={t(phase === 'ringing' ? 'bar.cancel' : 'bar.leave')}
        icon={<PhoneOff {...icon} />}
        className={isSmall ? '' : 'w-14'}
        onClick={onLeave}
      />
    </div>
  )
}
