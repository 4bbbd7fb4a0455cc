import { describe, expect, it } from 'vitest'
import { parseUser } from '../kept-user.ts'

describe('the kept user', () => {
  it('is read back as it was', () => {
    const user = { id: 'u', username: 'ada', avatar: null, isGuest: true }
    expect(parseUser(JSON.stringify(user))).toEqual(user)
  })

  it.each([null, '', 'no json', 'null', '{}', '[]', '{"id":1,"username":"x"}', '{"id":"u"}'])(
    'is nobody for %j',
    (json) => {
      expect(parseUser(json)).toBeNull()
    },
  )
})
