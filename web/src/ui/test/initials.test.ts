import { describe, expect, it } from 'vitest'
import { colourOf, initialsOf } from '../initials.ts'

describe('avatars', () => {
  it('show a letter of the first and the last word', () => {
    expect(initialsOf('grace.hopper')).toBe('GH')
    expect(initialsOf('barbara_jane-liskov')).toBe('BL')
    expect(initialsOf('ada')).toBe('A')
    expect(initialsOf('  ')).toBe('?')
    expect(initialsOf('\u{1F600} smile')).toBe('\u{1F600}S')
  })

  it('have one colour for one id, and all colours among many', () => {
    expect(colourOf('one')).toBe(colourOf('one'))
    const colours = new Set(Array.from({ length: 200 }, (_, index) => colourOf(`user-${index}`)))
    expect([...colours].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })
})
