// @vitest-environment jsdom
import type { IncomingCall } from '@parley/client'
import { cleanup, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startLanguage } from '../../i18n/index.ts'
import { useSettings } from '../../settings/index.ts'
import { useCallNotification } from '../use-call-notification.ts'

const shown: string[] = []

class FakeNotification {
  static permission = 'granted'
  readonly #title: string
  constructor(title: string) {
    this.#title = title
    shown.push(title)
  }
  close(): void {
    shown.splice(shown.indexOf(this.#title), 1)
  }
}

const call = { callId: 'c', since: 1, from: { username: 'bob', accountId: null } } as unknown as IncomingCall

beforeEach(async () => {
  shown.length = 0
  vi.stubGlobal('Notification', FakeNotification)
  await startLanguage('en')
  useSettings.setState({ hasNotifications: true })
})

afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

it('tells of a call while nobody looks, as long as it rings', () => {
  vi.spyOn(document, 'hasFocus').mockReturnValue(false)
  const { rerender } = renderHook(({ ringing }) => useCallNotification(ringing), {
    initialProps: { ringing: call as IncomingCall | undefined },
  })
  expect(shown).toEqual(['bob is calling'])
  rerender({ ringing: undefined })
  expect(shown).toEqual([])
})

it('tells nothing to who looks, or does not want it', () => {
  const focus = vi.spyOn(document, 'hasFocus').mockReturnValue(true)
  renderHook(() => useCallNotification(call))
  focus.mockReturnValue(false)
  useSettings.setState({ hasNotifications: false })
  renderHook(() => useCallNotification(call))
  expect(shown).toEqual([])
})
