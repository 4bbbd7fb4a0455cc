import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Revisions } from '../../revisions.ts'

const noted = (...revs: readonly number[]): Revisions => {
  const revisions = new Revisions()
  for (const rev of revs) revisions.note(rev)
  return revisions
}

describe('Revisions', () => {
  it('knows what came without a gap, in any order, however often', () => {
    const all = fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 1, 3, 5], { minLength: 9 })
    fc.assert(
      fc.property(all, (revs) => {
        const revisions = noted(...revs)
        expect([revisions.known, revisions.hasGap]).toEqual([6, false])
      }),
    )
  })

  it('asks from before the first that is missing', () => {
    const revisions = noted(1, 2, 4, 5)
    expect([revisions.known, revisions.hasGap]).toEqual([2, true])
    revisions.note(3)
    expect([revisions.known, revisions.hasGap]).toEqual([5, false])
  })

  it('goes on from what a resume reached, and joins what came beyond it', () => {
    const revisions = noted(1, 7, 8, 12)
    revisions.reached(6)
    expect([revisions.known, revisions.hasGap]).toEqual([8, true])
    revisions.reached(20)
    expect([revisions.known, revisions.hasGap]).toEqual([20, false])
    revisions.reached(5)
    expect(revisions.known).toBe(20)
  })

  it('has a gap for as long as a change that could not be made was not read', () => {
    const revisions = noted(1)
    revisions.miss(3)
    expect(revisions.hasGap).toBe(true)
    revisions.note(2)
    expect([revisions.known, revisions.hasGap]).toEqual([2, true])
    revisions.reached(3)
    expect(revisions.hasGap).toBe(false)
  })

  it('forgets everything with another store', () => {
    const revisions = noted(1, 2, 9)
    revisions.miss(30)
    revisions.restart(4)
    expect([revisions.known, revisions.hasGap]).toEqual([4, false])
  })

  it('remembers no more than a thousand beyond a gap', () => {
    const revisions = new Revisions()
    for (let rev = 2; rev < 3_000; rev += 1) revisions.note(rev)
    revisions.note(1)
    expect(revisions.known).toBe(1_001)
  })
})
