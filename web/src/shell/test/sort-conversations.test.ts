import type { ConversationSummary } from '@parley/client'
import { describe, expect, it } from 'vitest'
import { pathOf } from '../paths.ts'
import { sectionsOf, stepFrom } from '../sort-conversations.ts'

const summary = (name: string, more: Partial<ConversationSummary> = {}): ConversationSummary => ({
  id: name,
  kind: 'channel',
  name,
  isPrivate: false,
  role: 'member',
  memberCount: 2,
  peer: null,
  archivedAt: null,
  seq: 0,
  readSeq: 0,
  unreadCount: 0,
  mentionCount: 0,
  activity: 0,
  ...more,
})

const namesOf = (list: readonly ConversationSummary[]) => list.map(({ name }) => name)

describe('the sidebar', () => {
  const peer = { id: 'p', username: 'zoe', avatar: null }
  const items = [
    summary('team-10'),
    summary('zoe', { kind: 'direct', peer }),
    summary('Team-2'),
    summary('old', { archivedAt: '2025-01-01T00:00:00Z' }),
    summary('ann', { kind: 'direct', peer }),
    summary('looked at', { role: null }),
    summary('angle'),
  ]

  it('keeps channels in their places, and direct ones by activity', () => {
    const { direct, channels } = sectionsOf(items, 'en')
    expect(namesOf(direct)).toEqual(['zoe', 'ann'])
    expect(namesOf(channels)).toEqual(['angle', 'Team-2', 'team-10', 'old'])
  })

  it('leads to a direct conversation by its person', () => {
    expect(pathOf(summary('zoe', { kind: 'direct', peer }))).toBe('/chat/dm/p')
    expect(pathOf(summary('a b'))).toBe('/chat/channel/a%20b')
  })

  it('steps round and round, and in from nowhere', () => {
    expect(stepFrom(['a', 'b', 'c'], 'c', 1)).toBe('a')
    expect(stepFrom(['a', 'b', 'c'], 'a', -1)).toBe('c')
    expect(stepFrom(['a', 'b', 'c'], null, 1)).toBe('a')
    expect(stepFrom(['a', 'b', 'c'], null, -1)).toBe('c')
    expect(stepFrom([], null, 1)).toBeNull()
  })
})
