// @vitest-environment jsdom
import { act, cleanup, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Call, CallView } from '../../api/call.ts'
import {
  ParleyProvider,
  useCall,
  useConnection,
  useConversation,
  useConversations,
  useMessages,
  useObservable,
  useParley,
  usePresence,
  useRoom,
  useTyping,
  useUnread,
} from '../../react/index.ts'
import { FakeParley, message, view } from '../../testing/fake-parley.ts'
import { Value } from '../../value.ts'

let parley: FakeParley
beforeEach(() => {
  parley = new FakeParley()
})
afterEach(cleanup)

/** Renders a hook below the client and counts how often. */
const render = <T, P = undefined>(hook: (props: P) => T, initialProps?: P) => {
  let renders = 0
  const rendered = renderHook(
    (props: P) => {
      renders += 1
      return hook(props)
    },
    {
      wrapper: ({ children }: { children: ReactNode }) => (
        <ParleyProvider parley={parley}>{children}</ParleyProvider>
      ),
      initialProps: initialProps as P,
    },
  )
  return { ...rendered, renders: () => renders }
}

describe('useParley', () => {
  it('answers with the client of the provider', () => {
    expect(render(() => useParley()).result.current).toBe(parley)
  })

  it('says what is missing outside of a provider', () => {
    expect(() => renderHook(() => useParley())).toThrow('useParley needs a ParleyProvider around it.')
  })
})

describe('SDK-2 useObservable', () => {
  it('renders again on a change, and no longer listens once it is gone', () => {
    let interest = 0
    const value = new Value(1, (isWanted) => {
      interest += isWanted ? 1 : -1
    })
    const { result, renders, unmount } = render(() => useObservable(value))
    expect([result.current, interest]).toEqual([1, 1])
    act(() => value.set(2))
    expect([result.current, renders()]).toEqual([2, 2])
    unmount()
    expect(interest).toBe(0)
  })

  it('renders again only when what a selector picks has changed', () => {
    const value = new Value({ a: 1, b: 1 })
    const { result, renders } = render(() => useObservable(value, ({ a }) => a))
    act(() => value.set({ a: 1, b: 2 }))
    expect(renders()).toBe(1)
    act(() => value.set({ a: 2, b: 2 }))
    expect([result.current, renders()]).toEqual([2, 2])
  })

  it('comes to rest with a selector that makes an object each time', () => {
    const value = new Value([1, 2, 3])
    const { result, renders } = render(() => useObservable(value, (all) => all.filter((one) => one > 1)))
    expect(result.current).toEqual([2, 3])
    act(() => value.set([3, 4]))
    expect(result.current).toEqual([3, 4])
    expect(renders()).toBeLessThan(5)
  })

  it('follows another observable', () => {
    const first = new Value('first')
    const second = new Value('second')
    const { result, rerender } = render((value: Value<string>) => useObservable(value), first)
    rerender(second)
    act(() => first.set('ignored'))
    expect(result.current).toBe('second')
  })
})

describe('useConnection, useConversations, useUnread', () => {
  it('follow the client', () => {
    const { result } = render(() => [useConnection(), useConversations(), useUnread()] as const)
    act(() => {
      parley.connection.set({ state: 'connected', since: 5, error: null, retryAt: null })
      parley.conversations.set({ state: 'ready', items: [] })
      parley.unread.set({ messages: 3, mentions: 1 })
    })
    expect(result.current).toMatchObject([{ state: 'connected' }, { state: 'ready' }, { messages: 3 }])
  })
})

describe('useConversation', () => {
  it('answers with the same object until the summary changes', () => {
    const { result, rerender } = render(() => useConversation('c'))
    const before = result.current
    expect(before.conversation).toBe(parley.conversation('c'))
    rerender(undefined)
    expect(result.current).toBe(before)
  })
})

describe('SDK-2 useMessages', () => {
  const page = (count: number) => ({
    items: Array.from({ length: count }, (_, at) => message(`text ${at}`, at + 1)),
    hasOlder: true,
    state: 'ready' as const,
    isLoadingOlder: false,
  })

  it('keeps items and actions the same objects until they change', () => {
    const conversation = parley.conversation('c')
    conversation.messages.set(page(2))
    const { result, rerender, renders } = render(() => useMessages('c'))
    const before = result.current
    rerender(undefined)
    expect(result.current).toBe(before)
    act(() => conversation.messages.set({ ...conversation.messages.get(), isLoadingOlder: true }))
    expect(result.current.items).toBe(before.items)
    expect(result.current.isLoadingOlder).toBe(true)
    expect(result.current.send).toBe(before.send)
    act(() => conversation.messages.set(page(3)))
    expect(result.current.items).toHaveLength(3)
    expect(result.current.loadOlder).toBe(before.loadOlder)
    expect(renders()).toBe(4)
  })

  it('ignores what changes in other conversations', () => {
    const { renders } = render(() => useMessages('c'))
    act(() => parley.conversation('other').messages.set(page(5)))
    expect(renders()).toBe(1)
  })

  it('does in the conversation what it is asked for', async () => {
    const { result } = render(() => useMessages('c'))
    const { send, retry, discard, edit, remove, react, loadOlder, markRead } = result.current
    send('hello', { parentId: 'p' })
    retry('k')
    expect(discard('k')).toBe('k')
    await Promise.all([edit('m', 'text'), remove('m'), react('m', 'x', true), loadOlder()])
    markRead()
    expect(parley.conversation('c').done).toEqual([
      'send hello p',
      'retry k',
      'discard k',
      'edit m text',
      'remove m',
      'react m x true',
      'loadOlder',
      'markRead',
    ])
  })

  it('looks at the conversation only while it is in focus, and lets go of it', () => {
    const conversation = parley.conversation('c')
    const { rerender, unmount } = render((focus: boolean) => useMessages('c', { focus }), false as boolean)
    expect([conversation.focused, conversation.interest]).toEqual([0, 1])
    rerender(true)
    expect(conversation.focused).toBe(1)
    rerender(false)
    expect(conversation.focused).toBe(0)
    rerender(true)
    unmount()
    expect([conversation.focused, conversation.interest]).toEqual([0, 0])
  })

  it('moves to another conversation as a whole', () => {
    const { rerender } = render((id: string) => useMessages(id, { focus: true }), 'c' as string)
    rerender('d')
    expect([parley.conversation('c').focused, parley.conversation('c').interest]).toEqual([0, 0])
    expect([parley.conversation('d').focused, parley.conversation('d').interest]).toEqual([1, 1])
  })
})

describe('useTyping', () => {
  it('shows who types and tells of keys', () => {
    const conversation = parley.conversation('c')
    const { result } = render(() => useTyping('c'))
    const { keystroke } = result.current
    act(() => conversation.typing.set([{ userId: 'bob', name: 'Bob' }]))
    expect(result.current.typists).toEqual([{ userId: 'bob', name: 'Bob' }])
    keystroke()
    result.current.stopTyping()
    expect(conversation.done).toEqual(['keystroke', 'stopTyping'])
  })
})

describe('SDK-2 usePresence', () => {
  it('asks for a user once, however many show them, until the last is gone', () => {
    const first = render(() => usePresence('bob'))
    const second = render(() => usePresence('bob'))
    expect(parley.watched).toEqual(new Map([['bob', 1]]))
    act(() => parley.presenceOf('bob').set({ status: 'online', lastSeen: null }))
    expect([first.result.current.status, second.result.current.status]).toEqual(['online', 'online'])
    first.unmount()
    expect(parley.watched.has('bob')).toBe(true)
    second.unmount()
    expect(parley.watched.has('bob')).toBe(false)
  })

  it('asks for nobody without a user', () => {
    expect(render(() => usePresence(null)).result.current.status).toBe('unknown')
    expect(parley.watched.size).toBe(0)
  })
})

describe('useRoom', () => {
  it('shows a room and acts in it, but neither enters nor leaves by itself', async () => {
    const room = parley.room('ABCD1234')
    const { result, unmount } = render(() => useRoom('ABCD1234'))
    expect(result.current).toMatchObject({ state: 'outside', code: 'ABCD1234' })
    const { send, admit } = result.current
    act(() => room.view.set({ ...room.view.get(), state: 'inside' }))
    expect(result.current.state).toBe('inside')
    expect(result.current.send).toBe(send)
    await admit('1234')
    send('psst')
    unmount()
    expect(room.done).toEqual(['admit 1234', 'send psst'])
  })
})

describe('useCall', () => {
  it('follows the call and then its view', () => {
    const seen = new Value<CallView>(view('ringing'))
    const call = { kind: 'direct', groupId: null, name: 'bob', view: seen } as unknown as Call
    const { result } = render(() => useCall())
    expect(result.current).toMatchObject({ current: null, view: null, incoming: [] })
    act(() => parley.calls.current.set(call))
    expect(result.current.view?.phase).toBe('ringing')
    act(() => seen.set(view('active')))
    expect(result.current.view?.phase).toBe('active')
    act(() => parley.calls.current.set(null))
    expect(result.current.view).toBe(null)
  })
})
