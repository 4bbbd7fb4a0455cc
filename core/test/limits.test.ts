import { FakeClock } from '@parley/testkit'
import { describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS, Limits, MAX_SUBJECTS } from '../limits.ts'

describe('limits', () => {
  it('LIMIT-1 counts in a fixed window that starts with the first hit', async () => {
    const clock = new FakeClock()
    const limits = new Limits(clock, { ...DEFAULT_LIMITS, chat: { points: 2, windowMs: 1_000 } })
    expect(limits.hit('chat', 'ann').ok).toBe(true)
    await clock.advance(900)
    expect(limits.hit('chat', 'ann').ok).toBe(true)
    expect(limits.hit('chat', 'ann')).toEqual({ ok: false, retryAfterMs: 100, isFirst: true })
    expect(limits.hit('chat', 'ann')).toMatchObject({ ok: false, isFirst: false })
    expect(limits.hit('chat', 'bob').ok).toBe(true)
    await clock.advance(100)
    expect(limits.hit('chat', 'ann').ok).toBe(true)
  })

  it('LIMIT-1 a look counts nothing', () => {
    const limits = new Limits(new FakeClock(), { ...DEFAULT_LIMITS, login: { points: 1, windowMs: 1_000 } })
    for (let index = 0; index < 5; index += 1) expect(limits.peek('login', 'ann').ok).toBe(true)
    expect(limits.hit('login', 'ann').ok).toBe(true)
    expect(limits.peek('login', 'ann')).toEqual({ ok: false, retryAfterMs: 1_000, isFirst: false })
  })

  it('LIMIT-1 limits of different names do not add up, and can be off', () => {
    const limits = new Limits(new FakeClock(), { ...DEFAULT_LIMITS, chat: { points: 1, windowMs: 1_000 } })
    expect(limits.hit('chat', 'ann').ok).toBe(true)
    expect(limits.hit('hub', 'ann').ok).toBe(true)
    const off = new Limits(new FakeClock(), 'off')
    for (let index = 0; index < 1_000; index += 1) expect(off.hit('chat', 'ann').ok).toBe(true)
  })

  it('LIMIT-2 forgets the oldest subjects above the bound, and still limits the others', () => {
    const limits = new Limits(new FakeClock(), { ...DEFAULT_LIMITS, chat: { points: 1, windowMs: 60_000 } })
    for (let index = 0; index < MAX_SUBJECTS; index += 1) limits.hit('chat', `user-${index}`)
    expect(limits.hit('chat', 'user-99999').ok).toBe(false)
    limits.hit('chat', 'one more')
    expect(limits.hit('chat', 'user-0').ok).toBe(true)
    expect(limits.hit('chat', 'user-99998').ok).toBe(false)
  })
})
