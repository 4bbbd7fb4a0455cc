import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { Fault } from '@parley/model'
import { KeyedQueue } from './keyed-queue.ts'
import type { Limits } from './limits.ts'
import type { Observer } from './ports/observer.ts'

const SALT_BYTES = 16
const KEY_BYTES = 32

const derive = (pin: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(pin, salt, KEY_BYTES, (error, key) => (error === null ? resolve(key) : reject(error)))
  })

/** Salted and slow: four digits are few, but a stolen database should at least not give them away for nothing. */
export const hashPin = async (pin: string): Promise<string> => {
  const salt = randomBytes(SALT_BYTES)
  return `${salt.toString('base64url')}.${(await derive(pin, salt)).toString('base64url')}`
}

/** Takes the same time whether the PIN is right or wrong. */
export const isPin = async (pin: string, hash: string): Promise<boolean> => {
  const [salt = '', key = ''] = hash.split('.')
  const expected = Buffer.from(key, 'base64url')
  const given = await derive(pin, Buffer.from(salt, 'base64url'))
  return expected.length === given.length && timingSafeEqual(expected, given)
}

/** Counts the wrong PINs of each user at each room, and stops who guesses. */
export class PinGuard {
  readonly #limits: Limits
  readonly #observer: Observer
  /** One guess after the other: none begins before the last one was counted. */
  readonly #guesses = new KeyedQueue()

  constructor(dependencies: { limits: Limits; observer: Observer }) {
    this.#limits = dependencies.limits
    this.#observer = dependencies.observer
  }

  /** Rejects with `WRONG_PIN`; with `RATE_LIMITED`, whatever the PIN, once too many were wrong. */
  check(userId: string, code: string, pin: string, hash: string): Promise<void> {
    const subject = `${userId} ${code}`
    return this.#guesses.run(subject, async () => {
      const limit = this.#limits.peek('pin', subject)
      if (!limit.ok) {
        this.#observer.audit('limit reached', { limit: 'pin', userId })
        throw new Fault('RATE_LIMITED', 'Too many wrong PINs. Try again later.', limit)
      }
      if (await isPin(pin, hash)) return
      this.#limits.hit('pin', subject)
      this.#observer.audit('wrong PIN', { userId })
      throw new Fault('WRONG_PIN', 'Invalid PIN')
    })
  }
}
