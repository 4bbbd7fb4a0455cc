import { describe, expect, it } from 'vitest'
import { Progress } from '../../progress.ts'

describe('Progress', () => {
  it('only rises, and what was read was delivered', () => {
    const progress = new Progress()
    expect(progress.raise('bob', { deliveredSeq: 3 }, 10)).toBe(true)
    expect(progress.raise('bob', { readSeq: 5 }, 20)).toBe(true)
    expect(progress.raise('bob', { deliveredSeq: 4, readSeq: 2 }, 30)).toBe(false)
    expect(progress.value.get().get('bob')).toEqual({
      ...{ deliveredSeq: 5, readSeq: 5, deliveredAt: 20, readAt: 20 },
    })
  })

  it('is as far as the furthest', () => {
    const progress = new Progress()
    progress.raise('bob', { deliveredSeq: 9 }, null)
    progress.raise('cid', { readSeq: 4 }, null)
    expect([progress.delivered, progress.read]).toEqual([9, 4])
    progress.clear()
    expect([progress.delivered, progress.read, progress.value.get().size]).toEqual([0, 0, 0])
  })

  it('names a thousand members, and counts the others', () => {
    const progress = new Progress()
    for (let index = 0; index < 1_005; index += 1) progress.raise(`u${index}`, { readSeq: index + 1 }, null)
    expect([progress.value.get().size, progress.read]).toEqual([1_000, 1_005])
  })
})
