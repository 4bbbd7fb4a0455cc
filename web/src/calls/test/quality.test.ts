import { expect, it } from 'vitest'
import { worstOf } from '../quality-mark.tsx'

it('a call is as good as its worst connection that is known', () => {
  expect(worstOf([])).toBeNull()
  expect(worstOf([null, null])).toBeNull()
  expect(worstOf(['good', null, 'fair'])).toBe('fair')
  expect(worstOf(['poor', 'good', 'fair'])).toBe('poor')
})
