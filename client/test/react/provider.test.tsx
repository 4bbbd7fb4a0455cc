// @vitest-environment jsdom
import { act, cleanup, render } from '@testing-library/react'
import { StrictMode, use } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ParleyOptions } from '../../api/parley.ts'
import { ParleyProvider, useParley } from '../../react/index.ts'
import { FakeParley } from '../../testing/fake-parley.ts'

const made: { readonly options: ParleyOptions; readonly parley: FakeParley }[] = []
vi.mock('../../create-parley.ts', () => ({
  createParley(options: ParleyOptions) {
    const parley = new FakeParley()
    made.push({ options, parley })
    return parley
  },
}))

const OPTIONS = { url: 'http://parley.test', token: 't' }
const times = (what: string) => made.flatMap(({ parley }) => parley.done).filter((one) => one === what).length

let shown: unknown
const Child = () => {
  shown = useParley()
  return null
}

const never = new Promise<never>(() => undefined)
const Waiting = () => use(never)

beforeEach(() => {
  vi.useFakeTimers()
  made.length = 0
})
afterEach(() => {
  cleanup()
  vi.runAllTimers()
  vi.useRealTimers()
})
const settle = () => act(() => vi.advanceTimersByTime(1_000))

describe('SDK-1 ParleyProvider with options', () => {
  it('makes one client with one connection under StrictMode, and closes it once it is gone', () => {
    const { unmount } = render(
      <StrictMode>
        <ParleyProvider options={{ ...OPTIONS }}>
          <Child />
        </ParleyProvider>
      </StrictMode>,
    )
    settle()
    expect(made).toHaveLength(1)
    expect(made[0]?.options).toMatchObject({ ...OPTIONS, autoConnect: false })
    expect(shown).toBe(made[0]?.parley)
    expect(made[0]?.parley.done).toEqual(['connect'])
    unmount()
    expect(times('close')).toBe(0)
    settle()
    expect(made[0]?.parley.done).toEqual(['connect', 'close'])
  })

  it('goes on with the client when it is unmounted and mounted again at once', () => {
    const tree = (
      <ParleyProvider options={OPTIONS}>
        <Child />
      </ParleyProvider>
    )
    render(tree).unmount()
    render(tree).unmount()
    render(tree)
    settle()
    expect(made).toHaveLength(1)
    expect(made[0]?.parley.done).toEqual(['connect'])
  })

  it('makes another client when it comes back after the first was closed', () => {
    const tree = (
      <ParleyProvider options={OPTIONS}>
        <Child />
      </ParleyProvider>
    )
    render(tree).unmount()
    settle()
    render(tree)
    settle()
    expect(made).toHaveLength(2)
    expect(shown).toBe(made[1]?.parley)
    expect([times('connect'), times('close')]).toEqual([2, 1])
  })

  it('shares a client between providers of the same options', () => {
    const provider = (
      <ParleyProvider options={OPTIONS}>
        <Child />
      </ParleyProvider>
    )
    const first = render(provider)
    const second = render(provider)
    first.unmount()
    settle()
    expect(made).toHaveLength(1)
    expect(times('close')).toBe(0)
    second.unmount()
    settle()
    expect(times('close')).toBe(1)
  })

  it('closes a client that a render made and React threw away', async () => {
    await act(async () => {
      render(
        <ParleyProvider options={{ ...OPTIONS }}>
          <Waiting />
        </ParleyProvider>,
      )
    })
    act(() => vi.advanceTimersByTime(20_000))
    expect(made.length).toBeGreaterThan(0)
    expect(times('connect')).toBe(0)
    expect(times('close')).toBe(made.length)
  })

  it('does not connect by itself where the options say so', () => {
    render(<ParleyProvider options={{ ...OPTIONS, autoConnect: false }} />)
    settle()
    expect(times('connect')).toBe(0)
  })

  it('makes a client for each key', () => {
    const { rerender } = render(<ParleyProvider key="ada" options={{ ...OPTIONS }} />)
    rerender(<ParleyProvider key="bob" options={{ ...OPTIONS, token: 'u' }} />)
    settle()
    expect(made.map(({ options, parley }) => [options.token, ...parley.done])).toEqual([
      ['t', 'connect', 'close'],
      ['u', 'connect'],
    ])
  })
})

describe('SDK-1 ParleyProvider with a client', () => {
  it('neither connects nor closes it', () => {
    const parley = new FakeParley()
    const { unmount } = render(
      <StrictMode>
        <ParleyProvider parley={parley}>
          <Child />
        </ParleyProvider>
      </StrictMode>,
    )
    expect(shown).toBe(parley)
    unmount()
    settle()
    expect([made.length, parley.done]).toEqual([0, []])
  })
})
