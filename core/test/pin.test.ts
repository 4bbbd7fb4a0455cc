import { FakeClock } from '@parley/testkit'
import { beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS, Limits, type Observer, silentObserver } from '../index.ts'
import { hashPin, isPin, PinGuard } from '../pin.ts'

const ROOM = 'ABCD2345'
const WINDOW = 15 * 60_000

describe('PIN', () => {
  it('ROOM-1 keeps a PIN as a salted hash', async () => {
    const [one, two] = await Promise.all([hashPin('1234'), hashPin('1234')])
    expect(one).not.toBe(two)
    expect(`${one}${two}`).not.toContain('1234')
    expect(await isPin('1234', one!)).toBe(true)
    expect(await isPin('1235', one!)).toBe(false)
    expect(await isPin('', one!)).toBe(false)
  })

  it('ROOM-1 nothing is the PIN of a hash that is none', async () => {
    for (const broken of ['', '.', 'salt', 'salt.', `salt.${Buffer.from('short').toString('base64url')}`]) {
      expect(await isPin('1234', broken)).toBe(false)
    }
  })
})

describe('guessing', () => {
  let clock: FakeClock
  let guard: PinGuard
  let hash: string
  let audits: string[]

  beforeEach(async () => {
    clock = new FakeClock()
    audits = []
    const observer: Observer = {
      ...silentObserver,
      audit: (event, fields) => void audits.push(JSON.stringify({ event, ...fields })),
    }
    guard = new PinGuard({ limits: new Limits(clock, DEFAULT_LIMITS), observer })
    hash = await hashPin('4711')
  })

  const guess = (pin: string, user = 'eve', code = ROOM): Promise<string> =>
    guard.check(user, code, pin, hash).then(
      () => 'ok',
      (error: { code: string }) => error.code,
    )

  it('ROOM-8 the sixth guess is refused, also when it is right, until the window ends', async () => {
    for (let index = 0; index < 5; index += 1) expect(await guess(`000${index}`)).toBe('WRONG_PIN')
    expect(await guess('4711')).toBe('RATE_LIMITED')
    await clock.advance(WINDOW - 1)
    expect(await guess('4711')).toBe('RATE_LIMITED')
    await clock.advance(1)
    expect(await guess('4711')).toBe('ok')
  })

  it('ROOM-8 says when to come back', async () => {
    for (let index = 0; index < 5; index += 1) await guess('0000')
    await clock.advance(60_000)
    await expect(guard.check('eve', ROOM, '4711', hash)).rejects.toMatchObject({
      retryAfterMs: WINDOW - 60_000,
    })
  })

  it('ROOM-8 guesses at once are guesses one after the other', async () => {
    const pins = Array.from({ length: 40 }, (_, index) => String(index).padStart(4, '0'))
    const answers = await Promise.all([...pins, '4711'].map((pin) => guess(pin)))
    expect(answers.filter((answer) => answer === 'WRONG_PIN')).toHaveLength(5)
    expect(answers.filter((answer) => answer === 'RATE_LIMITED')).toHaveLength(36)
  })

  it('ROOM-8 right PINs count nothing, and each user and room counts alone', async () => {
    for (let index = 0; index < 8; index += 1) expect(await guess('4711')).toBe('ok')
    for (let index = 0; index < 5; index += 1) await guess('0000')
    expect(await guess('4711')).toBe('RATE_LIMITED')
    expect(await guess('4711', 'bob')).toBe('ok')
    expect(await guess('4711', 'eve', 'WXYZ6789')).toBe('ok')
  })

  it('ROOM-8 an audit names the user, never the PIN', async () => {
    await guess('0815')
    expect(audits).toEqual([JSON.stringify({ event: 'wrong PIN', userId: 'eve' })])
  })
})
