import { beforeEach, describe, expect, test } from 'vitest'
import { forgetRoom, markSeen, nameRoom, openRooms, ownRooms, rememberRoom } from '../rooms-store.ts'

const KEY = 'parley.rooms'
const kept = new Map<string, string>()
const storage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
}

/** What a reload of the tab leaves. */
const reload = () => openRooms.setState(openRooms.getInitialState(), true)
const codes = () => openRooms.getState().codes

beforeEach(() => {
  kept.clear()
  Object.assign(globalThis, { sessionStorage: storage })
  reload()
})

describe('the rooms of a tab', () => {
  test('are there after a reload, by their codes alone', () => {
    ownRooms('ann')
    rememberRoom('ONE')
    rememberRoom('TWO')
    rememberRoom('ONE')
    nameRoom('ONE', 'A telling name')
    markSeen('ONE', 'message-1')
    expect(JSON.parse(kept.get(KEY) ?? '')).toEqual({ owner: 'ann', codes: ['ONE', 'TWO'] })
    reload()
    ownRooms('ann')
    expect(openRooms.getState()).toEqual({ owner: 'ann', codes: ['ONE', 'TWO'], names: {}, seen: {} })
  })

  test('are not those of the next user', () => {
    ownRooms('ann')
    rememberRoom('ONE')
    ownRooms('bob')
    expect(codes()).toEqual([])
    rememberRoom('TWO')
    reload()
    ownRooms('ann')
    expect(codes()).toEqual([])
  })

  test('leave nothing once they are left', () => {
    ownRooms('ann')
    rememberRoom('ONE')
    nameRoom('ONE', 'Tea')
    markSeen('ONE', 'message-1')
    forgetRoom('ONE')
    expect(openRooms.getState()).toEqual({ owner: 'ann', codes: [], names: {}, seen: {} })
    expect(kept.size).toBe(0)
  })

  test.each(['no json', '[]', '{"owner":"ann","codes":"ONE"}', '{"owner":"ann","codes":[1,"",null]}'])(
    'survive %s',
    (text) => {
      kept.set(KEY, text)
      ownRooms('ann')
      expect(codes()).toEqual([])
    },
  )

  test('are bounded, and so are their names', () => {
    ownRooms('ann')
    for (let index = 0; index < 200; index += 1) {
      rememberRoom(`R${index}`)
      nameRoom(`R${index}`, `Room ${index}`)
    }
    expect([codes().length, codes().at(-1)]).toEqual([50, 'R199'])
    expect(Object.keys(openRooms.getState().names).length).toBeLessThanOrEqual(51)
    expect(openRooms.getState().names['R199']).toBe('Room 199')
  })

  test('work where nothing can be kept', () => {
    const refuse = () => {
      throw new DOMException('Not here', 'SecurityError')
    }
    Object.assign(globalThis, { sessionStorage: { getItem: refuse, setItem: refuse, removeItem: refuse } })
    ownRooms('ann')
    rememberRoom('ONE')
    expect(codes()).toEqual(['ONE'])
  })
})
