// @vitest-environment jsdom
import type { ConversationRole, MemberJson } from '@parley/client'
import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { MembersPanel } from '../members-panel.tsx'
import { StagedParley, show, summary, user } from './stage.tsx'

const PATIENCE = { timeout: 10_000 }
let parley: StagedParley
let members: Map<string, ConversationRole>
const asked: (string | undefined)[] = []

const member = (username: string, role: ConversationRole): MemberJson => ({
  user: user(username),
  role,
  readSeq: 0,
  deliveredSeq: 0,
  joinedAt: '2026-01-01T00:00:00.000Z',
})

const open = async (role: ConversationRole, change = {}, isGuest = false) => {
  const conversation = parley.conversation('c')
  conversation.summary.set(summary('design', { id: 'c', role, memberCount: members.size, ...change }))
  vi.spyOn(conversation, 'members').mockImplementation((async (cursor?: string) => {
    asked.push(cursor)
    return { members: [...members].map(([name, own]) => member(name, own)), nextCursor: null }
  }) as never)
  await show(parley, <MembersPanel conversationId="c" onClose={() => undefined} />, { isGuest })
  await screen.findByText('bob', {}, PATIENCE)
}

beforeEach(() => {
  parley = new StagedParley()
  parley.me.set({ id: 'id-ada', username: 'ada', avatar: null })
  members = new Map([
    ['ada', 'owner'],
    ['bob', 'member'],
    ['eve', 'moderator'],
  ])
  asked.length = 0
})
afterEach(cleanup)

const choices = async (name: string): Promise<readonly (string | null)[]> => {
  fireEvent.click(screen.getByRole('button', { name: `What can be done with ${name}` }))
  const menu = await screen.findByRole('menu', {}, PATIENCE)
  return within(menu)
    .getAllByRole('menuitem')
    .map(({ textContent }) => textContent)
}
const choose = async (name: string) =>
  fireEvent.click(await screen.findByRole('menuitem', { name }, PATIENCE))

it('shows everybody with role and presence, and oneself without a menu', async () => {
  await open('owner')
  act(() => parley.presenceOf('id-bob').set({ status: 'online', lastSeen: null }))
  const rows = screen.getAllByRole('listitem').map(({ textContent }) => textContent)
  expect(rows[0]).toContain('you · Owner')
  expect(rows[1]).toContain('Online')
  expect(rows[2]).toContain('Moderator')
  expect(screen.queryByRole('button', { name: 'What can be done with ada' })).toBe(null)
  expect(screen.getByText('3 members')).toBeTruthy()
})

it('lets the owner give roles, and asks before the channel is given away', async () => {
  const setRole = vi.fn(async (_id: string, userId: string, role: ConversationRole) => {
    members.set(userId.replace('id-', ''), role)
  })
  parley.answer({ channels: { setRole } })
  await open('owner')
  expect(await choices('bob')).toEqual([
    'Send a message',
    'Make owner',
    'Make moderator',
    'Remove from channel',
  ])
  await choose('Make moderator')
  await waitFor(() => expect(setRole).toHaveBeenCalledWith('c', 'id-bob', 'moderator'), PATIENCE)
  await waitFor(
    () => expect(screen.getAllByRole('listitem')[1]?.textContent).toContain('Moderator'),
    PATIENCE,
  )
  await choices('eve')
  await choose('Make owner')
  const question = await screen.findByRole('alertdialog', {}, PATIENCE)
  expect(setRole).toHaveBeenCalledTimes(1)
  fireEvent.click(within(question).getByRole('button', { name: 'Make owner' }))
  await waitFor(() => expect(setRole).toHaveBeenCalledWith('c', 'id-eve', 'owner'), PATIENCE)
})

it('lets a moderator remove a member, after a question, but nobody of the same role', async () => {
  members.set('ada', 'moderator')
  const removeMember = vi.fn(async () => {
    members.delete('bob')
  })
  parley.answer({ channels: { removeMember } })
  await open('moderator')
  expect(await choices('eve')).toEqual(['Send a message'])
  fireEvent.keyDown(screen.getByRole('menu'), { key: 'Escape' })
  await waitFor(() => expect(screen.queryByRole('menu')).toBe(null), PATIENCE)
  expect(await choices('bob')).toEqual(['Send a message', 'Remove from channel'])
  await choose('Remove from channel')
  const question = await screen.findByRole('alertdialog', {}, PATIENCE)
  fireEvent.click(within(question).getByRole('button', { name: 'Remove from channel' }))
  await waitFor(() => expect(screen.queryByText('bob')).toBe(null), PATIENCE)
  expect(removeMember).toHaveBeenCalledWith('c', 'id-bob')
})

it('offers to add people only to whoever may', async () => {
  await open('member', { isPrivate: true })
  expect(screen.queryByRole('button', { name: 'Invite people' })).toBe(null)
  act(() => parley.conversation('c').summary.set(summary('design', { id: 'c', role: 'member' })))
  expect(screen.getByRole('button', { name: 'Invite people' })).toBeTruthy()
})

it('offers a guest nothing to do', async () => {
  await open('member', {}, true)
  expect(screen.queryAllByRole('button', { name: /Invite|What can be done/u })).toEqual([])
})

it('loads anew when somebody comes or goes', async () => {
  await open('member')
  members.set('zoe', 'member')
  act(() => parley.conversation('c').summary.set(summary('design', { id: 'c', memberCount: 4 })))
  await screen.findByText('zoe', {}, PATIENCE)
  expect(asked).toHaveLength(2)
})
