import { describe, expect, it } from 'vitest'
import { isChannelId, namedSo } from '../names.ts'
import { mayGovern, mayInvite, mayRemove, mayRename, rolesToGive } from '../roles.ts'

describe('roles', () => {
  it('let the owner do everything, and nobody do anything to an owner', () => {
    expect([mayRename('owner'), mayGovern('owner'), mayInvite('owner', true)]).toEqual([true, true, true])
    expect([mayRemove('owner', 'moderator'), mayRemove('owner', 'member')]).toEqual([true, true])
    expect(mayRemove('owner', 'owner')).toBe(false)
    expect(rolesToGive('owner', 'member')).toEqual(['owner', 'moderator'])
    expect(rolesToGive('owner', 'moderator')).toEqual(['owner', 'member'])
    expect(rolesToGive('owner', 'owner')).toEqual([])
  })

  it('let a moderator rename, invite and remove members', () => {
    expect([mayRename('moderator'), mayGovern('moderator')]).toEqual([true, false])
    expect(mayInvite('moderator', true)).toBe(true)
    expect([mayRemove('moderator', 'member'), mayRemove('moderator', 'moderator')]).toEqual([true, false])
    expect(rolesToGive('moderator', 'member')).toEqual([])
  })

  it('let a member invite to what is public, and a stranger do nothing', () => {
    expect([mayInvite('member', false), mayInvite('member', true)]).toEqual([true, false])
    expect([mayRename('member'), mayRemove('member', 'member')]).toEqual([false, false])
    expect([mayRename(null), mayGovern(null), mayInvite(null, false), mayRemove(null, 'member')]).toEqual([
      false,
      false,
      false,
      false,
    ])
  })
})

describe('names', () => {
  it('tells ids from names', () => {
    expect(isChannelId('0192A3b4-c5d6-7e8f-9012-3456789abcde')).toBe(true)
    for (const name of ['123', 'general', '0192a3b4c5d67e8f90123456789abcde', ''])
      expect(isChannelId(name)).toBe(false)
  })

  it('prefers the exact name', () => {
    const channels = [{ name: 'General' }, { name: 'general' }, { name: null }]
    expect(namedSo(channels, 'general')).toBe(channels[1])
    expect(namedSo(channels, ' GENERAL ')).toBe(channels[0])
    expect(namedSo(channels, 'gener')).toBe(undefined)
  })
})
