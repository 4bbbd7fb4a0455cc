// @vitest-environment jsdom
import { cleanup, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ParleyProvider, useMessageHandling } from '../../react/index.ts'
import { FakeParley } from '../../testing/fake-parley.ts'

let parley: FakeParley
beforeEach(() => {
  vi.useFakeTimers()
  parley = new FakeParley()
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

const render = () =>
  renderHook((channelId: string) => useMessageHandling(channelId), {
    initialProps: 'c',
    wrapper: ({ children }: { children: ReactNode }) => (
      <ParleyProvider parley={parley}>{children}</ParleyProvider>
    ),
  })

describe('SDK-3 useMessageHandling', () => {
  it('sends, with and without a parent, and typing is over', () => {
    const { result } = render()
    expect(result.current.sendMessage('hello').key).toBe('hello')
    result.current.sendMessage('answer', 'p')
    expect(parley.conversation('c').done).toEqual([
      'send hello -',
      'stopTyping',
      'send answer p',
      'stopTyping',
    ])
  })

  it('ends typing 300 ms after it was told to, unless a key comes before', () => {
    const { result } = render()
    const { done } = parley.conversation('c')
    result.current.updateTyping(true)
    result.current.updateTyping(false)
    vi.advanceTimersByTime(299)
    result.current.updateTyping(true)
    vi.advanceTimersByTime(1_000)
    expect(done).toEqual(['keystroke', 'keystroke'])
    result.current.updateTyping(false)
    result.current.updateTyping(false)
    vi.advanceTimersByTime(299)
    expect(done).toHaveLength(2)
    vi.advanceTimersByTime(1)
    expect(done).toEqual(['keystroke', 'keystroke', 'stopTyping'])
  })

  it('keeps its functions, and ends what was left when the channel changes or is gone', () => {
    const { result, rerender, unmount } = render()
    const before = result.current
    rerender('c')
    expect(result.current).toBe(before)
    before.updateTyping(false)
    rerender('d')
    expect(parley.conversation('c').done).toEqual(['stopTyping'])
    expect(result.current.sendMessage).not.toBe(before.sendMessage)
    result.current.updateTyping(false)
    unmount()
    expect(parley.conversation('d').done).toEqual(['stopTyping'])
    vi.advanceTimersByTime(1_000)
    expect(parley.conversation('d').done).toHaveLength(1)
  })
})
