import { create } from 'zustand'
import { setLanguage } from '../i18n/index.ts'
import { isLanguage, type Language, preferredLanguage } from '../i18n/languages.ts'
import { kept } from './kept.ts'

export type Theme = 'system' | 'light' | 'dark'

export interface Settings {
  readonly theme: Theme
  readonly language: Language
  /** A sound for a message that comes while nobody looks. */
  readonly hasSound: boolean
  /** The system's own notifications for the same. */
  readonly hasNotifications: boolean
}

// first-paint.js reads the first two before anything is painted.
const KEYS = {
  theme: 'parley.theme',
  language: 'parley.language',
  hasSound: 'parley.sound',
  hasNotifications: 'parley.notifications',
} as const

const readTheme = (): Theme => {
  const theme = kept.read(KEYS.theme)
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

const readLanguage = (): Language => {
  const language = kept.read(KEYS.language)
  return isLanguage(language) ? language : preferredLanguage(navigator.languages ?? [])
}

/** What this person chose on this device. */
export const useSettings = create<Settings>(() => ({
  theme: readTheme(),
  language: readLanguage(),
  hasSound: kept.read(KEYS.hasSound) === 'on',
  hasNotifications: kept.read(KEYS.hasNotifications) === 'on',
}))

export const setTheme = (theme: Theme): void => {
  useSettings.setState({ theme })
  kept.write(KEYS.theme, theme === 'system' ? null : theme)
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

/** Rejects when the words could not be loaded; then the language stays. */
export const chooseLanguage = async (language: Language): Promise<void> => {
  await setLanguage(language)
  useSettings.setState({ language })
  kept.write(KEYS.language, language)
}

export const setSound = (isOn: boolean): void => {
  useSettings.setState({ hasSound: isOn })
  kept.write(KEYS.hasSound, isOn ? 'on' : null)
}

export const setNotifications = (isOn: boolean): void => {
  useSettings.setState({ hasNotifications: isOn })
  kept.write(KEYS.hasNotifications, isOn ? 'on' : null)
}
