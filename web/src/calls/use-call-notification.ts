import type { IncomingCall } from '@parley/client'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { notify } from '../shell/system-notification.ts'

/** Tells of a call through the system while nobody looks, as long as it rings. */
export function useCallNotification(call: IncomingCall | undefined): void {
  const { t } = useTranslation('call')
  const name = call?.from.username
  const key = call === undefined ? null : String(call.callId ?? call.since)
  useEffect(() => {
    if (key === null || name === undefined) return
    return notify({ title: t('incoming.title', { name }), body: t('incoming.text'), tag: `call ${key}` })
  }, [key, name, t])
}
