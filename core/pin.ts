import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

const SALT_BYTES = 16
const KEY_BYTES = 32

const derive = (pin: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(pin, salt, KEY_BYTES, (error, key) => (error === null ? resolve(key) : reject(error)))
  })

/** Salted and slow: four digits are few, so that a stolen database should at least cost a second for each room. */
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
