import type { ConversationSummary, OwnChannelJson, Rest, UserJson } from '@parley/client'
import { ParleyProvider } from '@parley/client/react'
import { FakeParley } from '@parley/client/testing'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { configure, render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { MemoryRouter, useLocation } from 'react-router'
import { vi } from 'vitest'
import { startLanguage } from '../../i18n/index.ts'
import { useSession } from '../../session/session-store.ts'

// Roles are looked up in all there is: to see what is hidden takes jsdom seconds.
configure({ defaultHidden: true })
vi.setConfig({ testTimeout: 120_000 })

// What jsdom does not have: a wide screen, and clicks that know their pointer.
window.matchMedia ??= (query) =>
  Object.assign(new EventTarget(), { matches: true, media: query }) as unknown as MediaQueryList
window.PointerEvent ??= class extends MouseEvent {} as unknown as typeof PointerEvent

/** A client without a server whose REST a test writes. */
export class StagedParley extends FakeParley {
  #rest: Partial<Rest> = {}
  override get rest(): Rest {
    return this.#rest as Rest
  }
  answer(rest: { readonly [P in keyof Rest]?: Partial<Rest[P]> }): void {
    this.#rest = { ...this.#rest, ...rest } as Partial<Rest>
  }
}

export const user = (username: string): UserJson => ({
  id: `id-${username}`,
  _id: `id-${username}`,
  username,
  avatar: null,
  isOnline: true,
  lastSeen: null,
})

export const channel = (name: string, change: Partial<OwnChannelJson> = {}): OwnChannelJson => ({
  id: `id-${name}`,
  name,
  kind: 'channel',
  isPrivate: false,
  role: null,
  memberCount: 3,
  createdAt: '2026-01-01T00:00:00.000Z',
  archivedAt: null,
  seq: 0,
  rev: 0,
  readSeq: 0,
  deliveredSeq: 0,
  unreadCount: 0,
  mentionCount: 0,
  ...change,
})

export const summary = (name: string, change: Partial<ConversationSummary> = {}): ConversationSummary => ({
  id: `id-${name}`,
  kind: 'channel',
  name,
  isPrivate: false,
  role: 'member',
  memberCount: 3,
  peer: null,
  archivedAt: null,
  seq: 0,
  readSeq: 0,
  unreadCount: 0,
  mentionCount: 0,
  activity: 0,
  ...change,
})

const Where = () => <span data-testid="where">{useLocation().pathname}</span>

/** Shows a part of the app to somebody who is signed in. */
export const show = async (
  parley: StagedParley,
  part: ReactNode,
  { language = 'en', isGuest = false }: { readonly language?: 'en' | 'ar'; readonly isGuest?: boolean } = {},
) => {
  await startLanguage(language)
  const me = parley.me.get()
  if (me !== null) useSession.setState({ phase: 'in', user: { ...me, isGuest }, parley }, true)
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const tree = (shown: ReactNode) => (
    <QueryClientProvider client={queries}>
      <ParleyProvider parley={parley}>
        <MemoryRouter initialEntries={['/here']}>
          {shown}
          <Where />
        </MemoryRouter>
      </ParleyProvider>
    </QueryClientProvider>
  )
  const rendered = render(tree(part))
  return { ...rendered, again: (shown: ReactNode) => rendered.rerender(tree(shown)) }
}
