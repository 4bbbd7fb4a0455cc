import { useUnread } from '@parley/client/react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { usePageTitleStore } from './page-title.ts'
import { useOrder } from './use-order.ts'

/** `(3) general · Parley`: unread, where one is, the app. */
export function useWindowTitle(): void {
  const { t } = useTranslation('common')
  const { messages } = useUnread()
  const { current } = useOrder()
  const own = usePageTitleStore((state) => state.title)
  const place = own ?? current?.name ?? null
  const count = messages > 0 ? `(${messages > 99 ? '99+' : messages}) ` : ''
  const title = `${count}${place === null ? '' : `${place} · `}${t('appName')}`
  useEffect(() => {
    document.title = title
  }, [title])
  useEffect(() => {
    // Where the app is installed, its icon counts as well.
    const isMarked = 'setAppBadge' in navigator
    if (isMarked)
      (messages > 0 ? navigator.setAppBadge(messages) : navigator.clearAppBadge()).catch(() => undefined)
  }, [messages])
}
