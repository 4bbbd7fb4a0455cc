import type { Message } from '@parley/client'
import { useParley } from '@parley/client/react'
import { useEffect, useEffectEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useSettings } from '../settings/index.ts'
import { isLookedAt } from './looked-at.ts'
import { pathOf } from './paths.ts'
import { playSound } from './sound.ts'
import { notify } from './system-notification.ts'

/** Tells of what comes while nobody looks, by what this person chose: a sound, a notification. */
export function useAttention(): void {
  const { t } = useTranslation('shell')
  const parley = useParley()
  const navigate = useNavigate()
  const onMessage = useEffectEvent((message: Message, isMention: boolean) => {
    if (isLookedAt()) return
    if (useSettings.getState().hasSound) playSound()
    const { conversationId, source, author } = message
    const summary = parley.conversation(conversationId).summary.get()
    if (summary === null || (!isMention && summary.kind !== 'direct')) return
    notify({
      title: t('notification.message', { name: author.name }),
      body: source.slice(0, 200),
      tag: conversationId,
      onClick: () => void navigate(pathOf(summary)),
    })
  })
  useEffect(() => parley.on('message', ({ message, isMention }) => onMessage(message, isMention)), [parley])
}
