import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { playSound } from '../shell/sound.ts'
import { Notice, Switch } from '../ui/index.ts'
import { setNotifications, setSound, useSettings } from './settings-store.ts'

/** Sound and notifications: both off until they are wanted. */
export function AttentionSettings() {
  const { t } = useTranslation('shell')
  const { hasSound, hasNotifications } = useSettings()
  const [isDenied, setDenied] = useState(false)
  const changeSound = (isOn: boolean) => {
    setSound(isOn)
    // What one has just asked for can be heard.
    if (isOn) playSound()
  }
  const changeNotifications = async (isOn: boolean) => {
    const isAllowed = isOn && (await Notification.requestPermission()) === 'granted'
    setDenied(isOn && !isAllowed)
    setNotifications(isAllowed)
  }
  return (
    <div className="flex flex-col gap-1">
      <Switch
        label={t('settings.sound')}
        hint={t('settings.soundHint')}
        isOn={hasSound}
        onChange={changeSound}
      />
      {'Notification' in window ? (
        <Switch
          label={t('settings.notifications')}
          hint={t('settings.notificationsHint')}
          isOn={hasNotifications}
          onChange={(isOn) => void changeNotifications(isOn)}
        />
      ) : null}
      {isDenied ? (
        <Notice tone="warn" role="alert">
          {t('settings.notificationsDenied')}
        </Notice>
      ) : null}
    </div>
  )
}
