// @vitest-environment jsdom
import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useChannelByName } from '../use-channel-by-name.ts'
import { channel, StagedParley, show, summary } from './stage.tsx'

const PATIENCE = { timeout: 10_000 }
const ID = '0192a3b4-c5d6-7e8f-9012-3456789abcde'

const Named = ({ name }: { readonly name: string }) => {
  const { state, channelId, retry } = useChannelByName(name)
  return (
    <button type="button" data-testid="named" onClick={retry}>
      {`${state} ${channelId ?? '-'}`}
    </button>
  )
}
const named = () => screen.getByTestId('named').textContent
const becomes = (text: string) => waitFor(() => expect(named()).toBe(text), PATIENCE)

let parley: StagedParley
const browse = vi.fn()
beforeEach(() => {
  parley = new StagedParley()
  browse
    .mockReset()
    .mockImplementation(async () => ({ channels: [channel('1234'), channel('123')], nextCursor: null }))
  parley.answer({ channels: { browse } })
})
afterEach(cleanup)

it('takes an id as it is, and asks nobody', async () => {
  await show(parley, <Named name={ID.toUpperCase()} />)
  expect(named()).toBe(`found ${ID}`)
  expect(browse).not.toHaveBeenCalled()
})

it("waits for one's own channels, and takes one of them before a public one", async () => {
  await show(parley, <Named name="123" />)
  expect(named()).toBe('loading -')
  act(() => parley.conversations.set({ state: 'ready', items: [summary('123', { id: 'mine' })] }))
  expect(named()).toBe('found mine')
  expect(browse).not.toHaveBeenCalled()
})

it('takes no direct conversation for a channel', async () => {
  parley.conversations.set({ state: 'ready', items: [summary('123', { id: 'mine', kind: 'direct' })] })
  await show(parley, <Named name="123" />)
  await becomes('found id-123')
})

it('says when there is none', async () => {
  parley.conversations.set({ state: 'ready', items: [] })
  await show(parley, <Named name="12" />)
  await becomes('missing -')
})

it('says when it could not be looked up, and tries again', async () => {
  parley.conversations.set({ state: 'ready', items: [] })
  browse.mockRejectedValueOnce(new Error('The server cannot be reached'))
  await show(parley, <Named name="123" />)
  await becomes('failed -')
  fireEvent.click(screen.getByTestId('named'))
  await becomes('found id-123')
})
