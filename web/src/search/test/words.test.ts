import { describe, expect, it } from 'vitest'
import { excerptOf, piecesOf, plainOf, wordsOf } from '../words.ts'

const hits = (text: string, search: string) =>
  piecesOf(text, wordsOf(search))
    .filter(({ isHit }) => isHit)
    .map((piece) => piece.text)

describe('wordsOf', () => {
  it('takes what the index takes as words', () => {
    expect(wordsOf('  Hello, Wörld! (a-b) ')).toEqual(['hello', 'world', 'a', 'b'])
    expect(wordsOf('?! … "" *')).toEqual([])
    expect(wordsOf('مرحبا بالعالم')).toEqual(['مرحبا', 'بالعالم'])
  })
})

describe('piecesOf', () => {
  it('marks whole words whatever the case and the accents, and beginnings for the last one', () => {
    expect(hits('A café in CAFE, decaf and cafeteria', 'café')).toEqual(['café', 'CAFE', 'cafeteria'])
    expect(hits('one ones only', 'one on')).toEqual(['one', 'ones', 'only'])
    expect(hits('ones one', 'one two')).toEqual(['one'])
    expect(hits('a an', 'a')).toEqual(['a'])
  })

  it('loses nothing of the text', () => {
    const text = '<b>one</b> & two\n— one'
    const pieces = piecesOf(text, wordsOf('one'))
    expect(pieces.map((piece) => piece.text).join('')).toBe(text)
    expect(piecesOf('', wordsOf('x'))).toEqual([])
  })
})

describe('excerptOf', () => {
  it('shows a short text whole, on one line', () => {
    expect(excerptOf('one\n\ntwo  three', ['two'])).toBe('one two three')
  })

  it('shows the part around the first hit of a long one', () => {
    const text = `${'before '.repeat(200)}needle ${'after '.repeat(200)}`
    const excerpt = excerptOf(text, ['needle'])
    expect(excerpt).toContain('needle')
    expect(excerpt.startsWith('… before')).toBe(true)
    expect(excerpt.endsWith(' …')).toBe(true)
    expect(excerpt.length).toBeLessThan(300)
  })

  it('cuts no character in two', () => {
    // Throws for half a character.
    for (const before of ['', 'a'])
      expect(() => encodeURIComponent(excerptOf(before + '\u{1F600}'.repeat(400), ['x']))).not.toThrow()
  })
})

describe('plainOf', () => {
  it('takes away the signs of Markdown and nothing else', () => {
    expect(plainOf('# Soup\n> **very** `good` ~~old~~ [here](https://example.org/a)')).toBe(
      'Soup\nvery good old here',
    )
    for (const text of ['2 ** 3', 'a*b*c', '__init__', 'price ~ 5', '[x] done', '#tag'.slice(1)])
      expect(plainOf(text)).toBe(text)
  })
})
