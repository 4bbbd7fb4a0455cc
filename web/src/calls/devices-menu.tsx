import type { Call, CallView } from '@parley/client'
import { SlidersHorizontal } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton, Menu, MenuChoices } from '../ui/index.ts'

const KINDS = { microphone: 'audioinput', camera: 'videoinput', speaker: 'audiooutput' } as const
type Kind = keyof typeof KINDS

/** What this machine has now; asked again when something is plugged in, and when `isOpen` begins. */
const useDevices = (isOpen: boolean): readonly MediaDeviceInfo[] => {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([])
  useEffect(() => {
    const media = navigator.mediaDevices as MediaDevices | undefined
    if (!isOpen || media === undefined) return
    const ask = () => void media.enumerateDevices().then(setDevices, () => setDevices([]))
    ask()
    media.addEventListener('devicechange', ask)
    return () => media.removeEventListener('devicechange', ask)
  }, [isOpen])
  return devices
}

/** Chooses microphone, camera and speaker. */
export function DevicesMenu({ call, local }: { readonly call: Call; readonly local: CallView['local'] }) {
  const { t } = useTranslation('call')
  const [isOpen, setOpen] = useState(false)
  const devices = useDevices(isOpen)
  const optionsOf = (kind: Kind) =>
    devices
      .filter((device) => device.kind === KINDS[kind] && device.deviceId !== '')
      .map(({ deviceId, label }, index) => ({
        value: deviceId,
        label: label || t('devices.unnamed', { number: index + 1 }),
      }))
  const groups = (Object.keys(KINDS) as Kind[])
    .map((kind) => ({ kind, options: optionsOf(kind) }))
    .filter(({ options }) => options.length > 0)
  return (
    <Menu
      side="top"
      align="center"
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <IconButton
          look="solid"
          size="large"
          label={t('bar.devices')}
          icon={<SlidersHorizontal size={20} aria-hidden="true" />}
        />
      }
    >
      {groups.length === 0 ? <p className="px-2.5 py-1.5 text-muted">{t('devices.none')}</p> : null}
      {groups.map(({ kind, options }) => (
        <MenuChoices
          key={kind}
          label={t(`devices.${kind}`)}
          value={local.devices[kind] ?? options[0]?.value ?? ''}
          onChange={(deviceId) => void call.setDevice(kind, deviceId)}
          options={options}
        />
      ))}
    </Menu>
  )
}
