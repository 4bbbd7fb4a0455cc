// @vitest-environment jsdom
import type { MessageJson } from '@parley/client'
import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { StagedParley, show, summary } from '../../channels/test/stage.tsx'
import { SearchPanel } from '../search-panel.tsx'

const PATIENCE = { timeout: 10_000 }
let parley: StagedParley
let users = 0
const search = vi.fn()

const message = (id: string, content: string, conversationId = 'c'): MessageJson => ({
  id,
  messageId: id,
  conversationId,
  senderId: 'id-bob',
  receiverId: null,
  senderUsername: 'bob',
  content,
  messageType: 'text',
  status: 'sent',
  seq: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
})

beforeEach(() => {
  parley = new StagedParley()
  users += 1
  parley.me.set({ id: `me-${users}`, username: 'ada', avatar: null })
  parley.conversations.set({
    state: 'ready',
    items: [
      summary('kitchen', { id: 'c' }),
      summary('bob', { id: 'd', kind: 'direct', peer: { id: 'id-bob', username: 'bob', avatar: null } }),
    ],
  })
  search.mockReset()
  parley.answer({ search } as never)
})
afterEach(cleanup)

const type = (text: string) =>
  fireEvent.change(screen.getByLabelText('Search messages'), { target: { value: text } })

it('shows who wrote it and where, marks the words, and leads to the message', async () => {
  search.mockResolvedValue({
    messages: [message('m1', 'Soup is ready, soups too'), message('m2', 'My soup', 'd')],
    nextCursor: null,
  })
  await show(parley, <SearchPanel onClose={() => undefined} />)
  expect(screen.getByText('Search your messages')).toBeTruthy()
  type('soup')
  const [first, second] = await screen.findAllByRole('link', {}, PATIENCE)
  expect(first?.getAttribute('href')).toMatch(/^\/chat\/channel\/c\?message=m1/u)
  expect(second?.getAttribute('href')).toMatch(/^\/chat\/dm\/id-bob\?message=m2/u)
  expect(first?.textContent).toContain('kitchen')
  expect([...(first?.querySelectorAll('mark') ?? [])].map(({ textContent }) => textContent)).toEqual([
    'Soup',
    'soups',
  ])
  expect(screen.getByRole('status').textContent).toBe('2 messages')
  expect(search).toHaveBeenCalledTimes(1)
})

it('asks nothing for a text without a word, and says when nothing was found', async () => {
  search.mockResolvedValue({ messages: [], nextCursor: null })
  await show(parley, <SearchPanel onClose={() => undefined} />)
  type(' ?! ')
  expect(screen.getByText('Search your messages')).toBeTruthy()
  type('xyzzy')
  await screen.findByText('Nothing found for “xyzzy”', {}, PATIENCE)
  expect(search).toHaveBeenCalledTimes(1)
})

it('says when it failed, and tries again', async () => {
  search.mockRejectedValueOnce(new Error('The server cannot be reached'))
  search.mockResolvedValue({ messages: [message('m1', 'soup')], nextCursor: null })
  await show(parley, <SearchPanel onClose={() => undefined} />)
  type('soup')
  await screen.findByText('The server cannot be reached', {}, PATIENCE)
  fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await waitFor(() => expect(screen.getAllByRole('link')).toHaveLength(1), PATIENCE)
})

it('keeps what one searches for while one goes through the results, for the same user alone', async () => {
  search.mockResolvedValue({ messages: [message('m1', 'soup')], nextCursor: null })
  await show(parley, <SearchPanel onClose={() => undefined} />)
  type('soup')
  await screen.findByRole('link', {}, PATIENCE)
  cleanup()
  await show(parley, <SearchPanel onClose={() => undefined} />)
  expect(screen.getByLabelText('Search messages')).toHaveProperty('value', 'soup')
  cleanup()
  parley.me.set({ id: 'somebody else', username: 'eve', avatar: null })
  await show(parley, <SearchPanel onClose={() => undefined} />)
  expect(screen.getByLabelText('Search messages')).toHaveProperty('value', '')
})
