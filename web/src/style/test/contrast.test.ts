import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contrastOf, parseOklch, type Rgb } from './oklch.ts'

const css = readFileSync(new URL('../tokens.css', import.meta.url), 'utf8')

const blockOf = (selector: string): string => {
  const start = css.indexOf(`${selector} {`)
  return css.slice(start, css.indexOf('\n}', start))
}

type Tokens = Readonly<Record<string, Rgb>>

const tokensOf = (block: string, pick: 0 | 1): Tokens => {
  const tokens: Record<string, Rgb> = {}
  for (const [, name, value] of block.matchAll(/--([\w-]+): (.+);/gu)) {
    const colours = value!.match(/oklch\([^)]+\)/gu) ?? []
    if (value!.includes('/') || colours.length === 0) continue
    tokens[name!] = parseOklch(colours[colours.length === 1 ? 0 : pick]!)
  }
  return tokens
}

const light = tokensOf(blockOf(':root'), 0)
const dark = tokensOf(blockOf(':root'), 1)
const whisper = tokensOf(blockOf('[data-surface="whisper"]'), 0)

const GROUNDS = ['background', 'surface', 'raised', 'hover', 'selected']
const INKS = ['text', 'muted', 'accent', 'good', 'warn', 'bad']

/** Text on what it stands on. */
const TEXTS: readonly (readonly [string, string])[] = [
  ...GROUNDS.flatMap((ground) => INKS.map((ink) => [ink, ground] as const)),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
  ['on-bad', 'bad'],
  ...['accent-soft', 'good-soft', 'warn-soft', 'bad-soft', 'mark'].map((ground) => ['text', ground] as const),
  ['muted', 'accent-soft'],
  ...['accent', 'good', 'warn', 'bad'].map((ink) => [ink, `${ink}-soft`] as const),
]

/** Borders of fields, dots, rings of focus. */
const MARKS: readonly (readonly [string, string])[] = ['background', 'surface', 'raised'].flatMap((ground) =>
  ['edge', 'accent', 'good', 'bad'].map((mark) => [mark, ground] as const),
)

const short = (tokens: Tokens, pairs: typeof TEXTS, least: number): readonly string[] =>
  pairs
    .map(([ink, ground]) => ({ ink, ground, contrast: contrastOf(tokens[ink]!, tokens[ground]!) }))
    .filter(({ contrast }) => contrast < least)
    .map(({ ink, ground, contrast }) => `${ink} on ${ground}: ${contrast.toFixed(2)}`)

describe.each([
  ['light', light],
  ['dark', dark],
  ['whisper', whisper],
])('colours, %s', (_name, tokens) => {
  it('keep 4.5 for text', () => {
    expect(short(tokens, TEXTS, 4.5)).toEqual([])
  })

  it('keep 3 for marks', () => {
    expect(short(tokens, MARKS, 3)).toEqual([])
  })
})

describe('colours', () => {
  it.each([
    ['light', light],
    ['dark', dark],
  ])('keep 4.5 for initials, %s', (_name, tokens) => {
    const avatars = Object.keys(tokens).filter((name) => /^avatar-\d$/u.test(name))
    expect(avatars).toHaveLength(8)
    expect(
      short(
        tokens,
        avatars.map((name) => ['on-avatar', name] as const),
        4.5,
      ),
    ).toEqual([])
  })

  it('measure as WCAG does', () => {
    expect(contrastOf(parseOklch('oklch(1 0 0)'), parseOklch('oklch(0 0 0)'))).toBeCloseTo(21, 1)
  })

  it('tell a whisper room from every other place', () => {
    for (const tokens of [light, dark]) expect(whisper['surface']).not.toEqual(tokens['surface'])
  })
})
