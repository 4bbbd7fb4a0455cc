import { useSettings } from '../settings/index.ts'
import { isLookedAt } from './looked-at.ts'

export interface SystemNotification {
  readonly title: string
  readonly body: string
  /** A later one with the same takes its place. */
  readonly tag: string
  /** After the window came to the front. */
  readonly onClick?: () => void
}

/**
 * Tells through the system, when this person wants that, the browser lets it, and nobody looks at the page. The answer takes
 * it back.
 */
export const notify = ({ title, body, tag, onClick }: SystemNotification): (() => void) => {
  const mayShow = 'Notification' in window && Notification.permission === 'granted'
  if (!mayShow || !useSettings.getState().hasNotifications || isLookedAt()) return () => undefined
  try {
    const notification = new Notification(title, { body, tag, icon: '/icon-192.png' })
    notification.onclick = () => {
      window.focus()
      onClick?.()
      notification.close()
    }
    return () => notification.close()
  } catch {
    // Some browsers only let a service worker do that; the sound and the title tell it anyhow.
    return () => undefined
  }
}
