import type { Whisper } from '@parley/client'
import { describe, expect, test } from 'vitest'
import { toPin } from '../pin.ts'
import { draftOf, keepDraft } from '../room-drafts.ts'
import { groupWhispers } from '../whisper-groups.ts'

const said = (key: string, author: string, minute: number): Whisper => ({
  key,
  author: { id: author, name: author },
  isOwn: false,
  content: key,
  createdAt: new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString(),
  status: 'sent',
  failure: null,
})

describe('groups', () => {
  test('hold what one author says within five minutes', () => {
    const groups = groupWhispers([
      said('1', 'ann', 0),
      said('2', 'ann', 4),
      said('3', 'bob', 4),
      said('4', 'ann', 4),
      said('5', 'ann', 9),
    ])
    expect(groups.map(({ key, messages }) => [key, messages.length])).toEqual([
      ['1', 2],
      ['3', 1],
      ['4', 1],
      ['5', 1],
    ])
  })
})

describe('a PIN', () => {
  test.each([
    ['12 34', '1234'],
    ['١٢٣٤', '1234'],
    ['۱۲۳۴', '1234'],
    ['a1b2c3d4e5', '1234'],
    ['', ''],
  ])('%j is read as %j', (typed, pin) => {
    expect(toPin(typed)).toBe(pin)
  })
})

describe('text that was not said yet', () => {
  test("is kept for each user and room, and never somebody else's", () => {
    keepDraft('ann', 'ONE', 'half a')
    expect([draftOf('ann', 'ONE'), draftOf('bob', 'ONE'), draftOf('ann', 'TWO')]).toEqual(['half a', '', ''])
    keepDraft('ann', 'ONE', '')
    expect(draftOf('ann', 'ONE')).toBe('')
  })

  test('is bounded', () => {
    for (let index = 0; index < 60; index += 1) keepDraft('ann', `R${index}`, 'text')
    expect([draftOf('ann', 'R0'), draftOf('ann', 'R59')]).toEqual(['', 'text'])
  })
})
