import { ParleyError } from '@parley/client'
import type { TFunction } from 'i18next'

const CODES = [
  'OFFLINE',
  'USER_NOT_FOUND',
  'FORBIDDEN',
  'RATE_LIMITED',
  'GROUP_NOT_FOUND',
  'GROUP_FULL',
  'CALL_OVER',
] as const

/** Why a call could not be made, in a sentence. */
export const refusalOf = (cause: unknown, t: TFunction<'call'>): string => {
  const code = cause instanceof ParleyError ? cause.code : null
  return t(`refused.${CODES.find((known) => known === code) ?? 'other'}`)
}
