import { isIP } from 'node:net'
import { z } from 'zod'

/** What `parley config` and error messages say about a setting. */
export interface SettingInfo {
  readonly description: string
  /** Completes the sentence `NAME must be …`. */
  readonly expects: string
  /** Absent for text and lists. */
  readonly unit?: 'ms' | 'bytes' | 'count'
  /** The default as it would be written in the environment; absent: unset. */
  readonly fallback?: string
  /** Never shown. */
  readonly secret?: true
}

export const settingInfo = z.registry<SettingInfo>()

/** Ties what is said about a setting to the schema that checks it. */
export const define = <S extends z.ZodType>(schema: S, info: SettingInfo): S => {
  settingInfo.add(schema, info)
  return schema
}

const DIGITS = /^\d{1,15}$/

/** A whole number written in decimal digits. */
export const wholeNumber = (
  [min, max]: readonly [number, number],
  fallback: number,
  unit: 'ms' | 'bytes' | 'count',
  description: string,
) =>
  define(z.string().regex(DIGITS).transform(Number).pipe(z.number().min(min).max(max)).default(fallback), {
    description,
    expects: `a whole number from ${min} to ${max}`,
    unit,
    fallback: String(fallback),
  })

export const flag = (fallback: boolean, description: string) =>
  define(
    z
      .enum(['true', 'false', '1', '0', 'on', 'off'])
      .transform((text) => text === 'true' || text === '1' || text === 'on')
      .default(fallback),
    { description, expects: 'true or false', fallback: String(fallback) },
  )

/** Comma-separated; blanks around the parts and empty parts are ignored. */
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
)

/** `https://app.example` in canonical form; null for anything that is more, or less, than an origin. */
export const canonicalOrigin = (text: string): string | null => {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
  const isBare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  return isBare && url.password === '' ? url.origin : null
}

export const origins = (description: string) =>
  define(
    list
      .refine((parts) => parts.every((part) => canonicalOrigin(part) !== null))
      .transform((parts) => parts.map((part) => canonicalOrigin(part) ?? part))
      .optional(),
    { description, expects: 'a comma-separated list of origins such as https://app.example' },
  )

const isCidr = (text: string): boolean => {
  const [address = '', prefix, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return prefix === undefined || (DIGITS.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128))
}

export const cidrs = (description: string) =>
  define(list.refine((parts) => parts.every(isCidr)).default([]), {
    description,
    expects: 'a comma-separated list of addresses or CIDR ranges such as 10.0.0.0/8',
    fallback: '',
  })
