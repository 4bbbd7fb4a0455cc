import { settingInfo } from './kinds.ts'
import { type SettingName, Settings } from './settings.ts'

/** One line of `parley config`. */
export interface SettingDescription {
  readonly name: SettingName
  readonly description: string
  readonly expects: string
  readonly unit: string | null
  /** As it would be written in the environment; null: unset. */
  readonly fallback: string | null
  /** What is set now, secrets masked; null: the default holds. */
  readonly value: string | null
}

/** Every setting with what is set in `env`. Never holds a secret. */
export const describeSettings = (
  env: Readonly<Record<string, string | undefined>> = {},
): SettingDescription[] =>
  Object.entries(Settings.shape).map(([name, schema]) => {
    const info = settingInfo.get(schema)
    const value = env[name] === '' ? undefined : env[name]
    return {
      name: name as SettingName,
      description: info?.description ?? '',
      expects: info?.expects ?? '',
      unit: info?.unit ?? null,
      fallback: info?.fallback ?? null,
      value: value === undefined ? null : shown(name, value, info?.secret === true),
    }
  })

/** A URL may hold a password. */
const shown = (name: string, value: string, isSecret: boolean): string => {
  if (isSecret) return '********'
  return name.endsWith('_URL')
    ? value.replace(/\/\/[^@/]*@/, '//********@').replace(/([?&]password=)[^&]*/, '$1********')
    : value
}
