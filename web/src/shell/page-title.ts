import { useEffect } from 'react'
import { create } from 'zustand'

/** What the page calls itself; the shell puts it into the title of the window, with the unread count before it. */
export const usePageTitleStore = create<{ readonly title: string | null }>(() => ({ title: null }))

/** Names the window after the page while it is shown. */
export function usePageTitle(title: string | null): void {
  useEffect(() => {
    usePageTitleStore.setState({ title })
    return () => usePageTitleStore.setState({ title: null })
  }, [title])
}
