/** Languages the app speaks, by their own names. */
export const LANGUAGES = [
  { id: 'en', name: 'English', dir: 'ltr' },
  { id: 'ar', name: 'العربية', dir: 'rtl' },
] as const

export type Language = (typeof LANGUAGES)[number]['id']

export const isLanguage = (id: unknown): id is Language => LANGUAGES.some((language) => language.id === id)

export const dirOf = (id: string): 'ltr' | 'rtl' =>
  LANGUAGES.find((language) => language.id === id)?.dir ?? 'ltr'

/** The first of the reader's languages that there is, else English. */
export const preferredLanguage = (wishes: readonly string[]): Language => {
  for (const wish of wishes) {
    const base = wish.split('-')[0]
    if (isLanguage(base)) return base
  }
  return 'en'
}
