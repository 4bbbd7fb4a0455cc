import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './en/index.ts'
import { dirOf, type Language } from './languages.ts'

const NAMESPACES = Object.keys(en)

/** Languages besides English come when they are asked for. */
const LOADERS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<object>>> = {
  ar: () => import('./ar/index.ts').then(({ ar }) => ar),
}

const load = async (language: Language): Promise<void> => {
  if (language === 'en' || i18next.hasResourceBundle(language, 'common')) return
  const bundle = (await LOADERS[language]()) as Record<string, object>
  for (const [namespace, words] of Object.entries(bundle))
    i18next.addResourceBundle(language, namespace, words)
}

const mark = (language: Language): void => {
  document.documentElement.lang = language
  document.documentElement.dir = dirOf(language)
}

/** Before the first render. A language that cannot be loaded (offline, first visit) leaves English. */
export const startLanguage = async (language: Language): Promise<void> => {
  await i18next.use(initReactI18next).init({
    lng: 'en',
    fallbackLng: 'en',
    ns: NAMESPACES,
    defaultNS: 'common',
    resources: { en },
    // React escapes.
    interpolation: { escapeValue: false },
    returnNull: false,
    showSupportNotice: false,
  })
  await setLanguage(language).catch(() => mark('en'))
}

/** Everything is said in this language from now on, and laid out in its direction. */
export const setLanguage = async (language: Language): Promise<void> => {
  await load(language)
  await i18next.changeLanguage(language)
  mark(language)
}
