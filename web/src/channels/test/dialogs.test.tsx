// @vitest-environment jsdom
import type { ConversationRole } from '@parley/client'
import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BrowseChannelsDialog } from '../browse-channels-dialog.tsx'
import { ChannelSettings } from '../channel-settings.tsx'
import { CreateChannelDialog } from '../create-channel-dialog.tsx'
import { InviteDialog } from '../invite-dialog.tsx'
import { NewDirectDialog } from '../new-direct-dialog.tsx'
import { channel, StagedParley, show, summary, user } from './stage.tsx'

const PATIENCE = { timeout: 10_000 }
let parley: StagedParley
let closed: number
const onClose = () => {
  closed += 1
}
const everybody = [user('ada'), user('bob'), user('eve')]
const users = {
  search: vi.fn(async (text: string) => ({
    users: everybody.filter(({ username }) => username.startsWith(text)),
    nextCursor: null,
  })),
}

beforeEach(() => {
  parley = new StagedParley()
  parley.me.set({ id: 'id-ada', username: 'ada', avatar: null })
  parley.answer({ users })
  closed = 0
})
afterEach(cleanup)

const typed = (label: string, text: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value: text } })
const press = (name: string) => fireEvent.click(screen.getByRole('button', { name }))
const where = () => screen.getByTestId('where').textContent
const option = (name: RegExp) => screen.findByRole('option', { name }, PATIENCE)

describe('CreateChannelDialog', () => {
  it('makes a private channel with the people that were picked, and goes there', async () => {
    const create = vi.fn(async () => channel('design'))
    parley.answer({ channels: { create } })
    await show(parley, <CreateChannelDialog isOpen onClose={onClose} />)
    expect(screen.getByRole('button', { name: 'Create' })).toHaveProperty('disabled', true)
    typed('Name', '  design ')
    fireEvent.click(screen.getByRole('switch', { name: 'Private' }))
    fireEvent.click(await option(/bob/u))
    fireEvent.click(await option(/eve/u))
    press('Leave out eve')
    // Oneself is not offered.
    expect(screen.queryByRole('option', { name: /ada/u })).toBe(null)
    press('Create')
    await waitFor(() => expect(where()).toBe('/chat/channel/id-design'), PATIENCE)
    expect(create).toHaveBeenCalledWith({ name: 'design', isPrivate: true, memberIds: ['id-bob'] })
    expect(closed).toBe(1)
  })

  it('says why it failed, keeps what was typed, and begins anew the next time', async () => {
    const create = vi.fn(async () => {
      throw new Error('You are in too many channels. Leave one first.')
    })
    parley.answer({ channels: { create } })
    const { again } = await show(parley, <CreateChannelDialog isOpen onClose={onClose} />)
    typed('Name', 'design')
    press('Create')
    await screen.findByText('You are in too many channels. Leave one first.', {}, PATIENCE)
    expect(screen.getByLabelText('Name')).toHaveProperty('value', 'design')
    expect([where(), closed]).toEqual(['/here', 0])
    again(<CreateChannelDialog isOpen={false} onClose={onClose} />)
    again(<CreateChannelDialog isOpen onClose={onClose} />)
    await waitFor(() => expect(screen.getByLabelText('Name')).toHaveProperty('value', ''), PATIENCE)
  })
})

describe('BrowseChannelsDialog', () => {
  const browse = vi.fn(async ({ search = '' }: { readonly search?: string } = {}) => ({
    channels: [channel('lunch'), channel('news', { role: 'member' })].filter(({ name }) =>
      name?.startsWith(search),
    ),
    nextCursor: null,
  }))
  beforeEach(() => parley.answer({ channels: { browse } }))

  it('joins by Enter, and goes there', async () => {
    const join = vi
      .spyOn(parley, 'joinChannel')
      .mockImplementation(async () => parley.conversation('id-lunch'))
    await show(parley, <BrowseChannelsDialog isOpen onClose={onClose} />)
    const row = await option(/lunch/u)
    expect(row.textContent).toContain('3 members')
    const field = screen.getByLabelText('Find public channels')
    fireEvent.focus(field)
    fireEvent.keyDown(field, { key: 'Enter' })
    await waitFor(() => expect(where()).toBe('/chat/channel/id-lunch'), PATIENCE)
    expect(join).toHaveBeenCalledWith('id-lunch')
  })

  it('opens what one is in without joining, and finds by the beginning of a name', async () => {
    const join = vi.spyOn(parley, 'joinChannel')
    await show(parley, <BrowseChannelsDialog isOpen onClose={onClose} />)
    await option(/lunch/u)
    typed('Find public channels', 'ne')
    await waitFor(() => expect(screen.queryByRole('option', { name: /lunch/u })).toBe(null), PATIENCE)
    fireEvent.click(await option(/news/u))
    await waitFor(() => expect(where()).toBe('/chat/channel/id-news'), PATIENCE)
    expect(join).not.toHaveBeenCalled()
    expect(browse).toHaveBeenLastCalledWith({ limit: 30, search: 'ne' })
  })

  it('says so when there is none, and offers to try again when it fails', async () => {
    await show(parley, <BrowseChannelsDialog isOpen onClose={onClose} />)
    await option(/lunch/u)
    typed('Find public channels', 'zzz')
    await screen.findByText(/No public channel is called “zzz”/u, {}, PATIENCE)
    cleanup()
    browse.mockRejectedValueOnce(new Error('The server cannot be reached'))
    await show(parley, <BrowseChannelsDialog isOpen onClose={onClose} />)
    await screen.findByText('The server cannot be reached', {}, PATIENCE)
    press('Try again')
    await option(/lunch/u)
  })
})

describe('NewDirectDialog', () => {
  it('finds a person and goes to the conversation', async () => {
    await show(parley, <NewDirectDialog isOpen onClose={onClose} />)
    fireEvent.click(await option(/eve/u))
    expect([where(), closed]).toEqual(['/chat/dm/id-eve', 1])
  })
})

it('Enter takes what is found for what was typed, also when that is not there yet', async () => {
  await show(parley, <NewDirectDialog isOpen onClose={onClose} />)
  await option(/bob/u)
  typed('Find people', 'ev')
  const field = screen.getByLabelText('Find people')
  fireEvent.focus(field)
  fireEvent.keyDown(field, { key: 'Enter' })
  expect(where()).toBe('/here')
  await waitFor(() => expect(where()).toBe('/chat/dm/id-eve'), PATIENCE)
})

describe('InviteDialog', () => {
  it('brings in whoever was picked', async () => {
    const invite = vi.fn(async () => ['id-bob'])
    parley.answer({ channels: { invite } })
    parley.conversation('c').summary.set(summary('design', { id: 'c' }))
    await show(parley, <InviteDialog conversationId="c" isOpen onClose={onClose} />)
    fireEvent.click(await option(/bob/u))
    press('Invite')
    await waitFor(() => expect(closed).toBe(1), PATIENCE)
    expect(invite).toHaveBeenCalledWith('c', ['id-bob'])
  })
})

describe('ChannelSettings', () => {
  const open = async (role: ConversationRole, change = {}) => {
    parley.conversation('c').summary.set(summary('design', { id: 'c', role, ...change }))
    await show(parley, <ChannelSettings conversationId="c" isOpen onClose={onClose} />)
  }

  it('renames', async () => {
    const update = vi.fn(async () => channel('lab'))
    parley.answer({ channels: { update } })
    await open('moderator')
    typed('Name', 'lab')
    press('Save')
    await waitFor(() => expect(update).toHaveBeenCalledWith('c', { name: 'lab' }), PATIENCE)
    expect(screen.getByRole('switch', { name: 'Private' }).getAttribute('aria-disabled')).toBe('true')
    expect(screen.queryByRole('button', { name: 'Archive' })).toBe(null)
  })

  it('lets a member only leave, after a question', async () => {
    const leave = vi.fn(async () => undefined)
    parley.answer({ channels: { leave } })
    await open('member')
    expect(screen.getByLabelText('Name')).toHaveProperty('disabled', true)
    press('Leave channel')
    const question = await screen.findByRole('alertdialog', {}, PATIENCE)
    expect(question.textContent).toContain('You can join it again at any time.')
    expect(leave).not.toHaveBeenCalled()
    fireEvent.click(within(question).getByRole('button', { name: 'Leave channel' }))
    await waitFor(() => expect(where()).toBe('/'), PATIENCE)
    expect(leave).toHaveBeenCalledWith('c')
  })

  it('asks before it makes something public, and before it archives', async () => {
    const update = vi.fn(async () => channel('design'))
    parley.answer({ channels: { update } })
    await open('owner', { isPrivate: true })
    fireEvent.click(screen.getByRole('switch', { name: 'Private' }))
    const question = await screen.findByRole('alertdialog', {}, PATIENCE)
    expect(update).not.toHaveBeenCalled()
    fireEvent.click(within(question).getByRole('button', { name: 'Make public' }))
    await waitFor(() => expect(update).toHaveBeenCalledWith('c', { isPrivate: false }), PATIENCE)
  })

  it('takes an archived channel back into use', async () => {
    const update = vi.fn(async () => channel('design'))
    parley.answer({ channels: { update } })
    await open('owner', { archivedAt: '2026-01-01T00:00:00.000Z' })
    press('Take back into use')
    await waitFor(() => expect(update).toHaveBeenCalledWith('c', { archived: false }), PATIENCE)
  })
})
