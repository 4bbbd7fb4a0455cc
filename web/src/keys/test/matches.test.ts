import { describe, expect, it } from 'vitest'
import { matches, type Stroke } from '../matches.ts'

const stroke = (key: string, more: Partial<Stroke> = {}): Stroke => ({
  key,
  code: /^[a-z]$/iu.test(key) ? `Key${key.toUpperCase()}` : '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
})

describe('keys', () => {
  it('take Ctrl and Command for the same', () => {
    expect(matches('Mod+K', stroke('k', { ctrlKey: true }))).toBe(true)
    expect(matches('Mod+K', stroke('k', { metaKey: true }))).toBe(true)
    expect(matches('Mod+K', stroke('k'))).toBe(false)
    expect(matches('Mod+K', stroke('K', { ctrlKey: true, shiftKey: true }))).toBe(false)
  })

  it('go by the place of a letter where another script is typed', () => {
    expect(matches('Mod+K', stroke('ن', { ctrlKey: true, code: 'KeyK' }))).toBe(true)
    expect(matches('Mod+K', stroke('t', { ctrlKey: true, code: 'KeyK' }))).toBe(false)
  })

  it('tell arrows with Shift from those without', () => {
    expect(matches('Alt+ArrowUp', stroke('ArrowUp', { altKey: true }))).toBe(true)
    expect(matches('Alt+ArrowUp', stroke('ArrowUp', { altKey: true, shiftKey: true }))).toBe(false)
    expect(matches('Alt+Shift+ArrowUp', stroke('ArrowUp', { altKey: true, shiftKey: true }))).toBe(true)
  })

  it('take a sign as it is, however it is typed', () => {
    expect(matches('?', stroke('?', { shiftKey: true }))).toBe(true)
    expect(matches('?', stroke('?'))).toBe(true)
    expect(matches('?', stroke('?', { ctrlKey: true }))).toBe(false)
  })
})
