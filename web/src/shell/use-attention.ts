import type { Message } from '@parley/client'
import { useParley } from '@parley/client/react'
import { useEffect, useEffectEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useSettings } from '../settings/index.ts'
import { pathOf } from './paths.ts'
import { playSound } from './sound.ts'

const isLookedAt = (): boolean => document.visibilityState === 'visible' && document.hasFocus()

const showNotification = (title: string, message: Message, onClick: () => void): void => {
  try {
    const notification = new Notification(title, {
      body: message.source.slice(0, 200),
      tag: message.conversationId,
      icon: '/icon-192.png',
    })
    notification.onclick = () => {
      window.focus()
      onClick()
      notification.close()
    }
  } catch {
    // Some browsers only let a service worker do that; the sound and the title tell it anyhow.
  }
}

/** Tells of what comes while nobody looks, by what this person chose: a sound, a notification. */
export function useAttention(): void {
  const { t } = useTranslation('shell')
  const parley = useParley()
  const navigate = useNavigate()
  const onMessage = useEffectEvent((message: Message, isMention: boolean) => {
    if (isLookedAt()) return
    const { hasSound, hasNotifications } = useSettings.getState()
    if (hasSound) playSound()
    const summary = parley.conversation(message.conversationId).summary.get()
    const isForMe = isMention || summary?.kind === 'direct'
    const mayShow = 'Notification' in window && Notification.permission === 'granted'
    if (!hasNotifications || !isForMe || !mayShow || summary === null) return
    const title = t('notification.message', { name: message.author.name })
    showNotification(title, message, () => void navigate(pathOf(summary)))
  })
  useEffect(() => parley.on('message', ({ message, isMention }) => onMessage(message, isMention)), [parley])
}
