import { describe, expect, it } from 'vitest'
import { best, scoreOf } from '../rank.ts'

const names = ['random', 'release-2.4', 'general', 'New direct message', 'grace.hopper', 'Browse channels']
const find = (typed: string) => best(names, typed, (name) => name, 10)

describe('the palette', () => {
  it('shows everything, in its order, for nothing', () => {
    expect(find('  ')).toEqual(names)
  })

  it('puts the beginning of a name before the beginning of a word, and that before anything else', () => {
    expect(best(['xhop', 'grace.hopper', 'hopper'], 'hop', (name) => name, 10)).toEqual([
      'hopper',
      'grace.hopper',
      'xhop',
    ])
  })

  it('finds by letters in their order, from the beginning of a word on', () => {
    expect(find('ndm')).toEqual(['New direct message'])
    expect(find('brch')).toEqual(['Browse channels'])
    expect(scoreOf('xndm', 'ndx')).toBe(0)
  })

  it('finds whatever the case and the script', () => {
    expect(scoreOf('القنوات العامة', 'العا')).toBe(70)
    expect(scoreOf('General', 'GENERAL')).toBe(100)
  })

  it('gives no more than was asked for', () => {
    expect(best(names, 'e', (name) => name, 2)).toHaveLength(2)
  })
})
