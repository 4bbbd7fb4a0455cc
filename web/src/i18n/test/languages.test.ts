import { describe, expect, it } from 'vitest'
import { ar } from '../ar/index.ts'
import { en } from '../en/index.ts'
import { dirOf, preferredLanguage } from '../languages.ts'
import { baseOf, flatten, isPlural, placeholdersOf, stringsOfSources } from './words.ts'

const namespaces = Object.keys(en) as readonly (keyof typeof en)[]
const basesOf = (tree: object) => [...new Set([...flatten(tree).keys()].map(baseOf))].sort()

const pluralsOf = (tree: object) =>
  [...new Set([...flatten(tree).keys()].filter(isPlural).map(baseOf))].sort()

describe.each(namespaces)('words of %s', (namespace) => {
  it('are the same in both languages', () => {
    expect(basesOf(ar[namespace])).toEqual(basesOf(en[namespace]))
    expect(pluralsOf(ar[namespace])).toEqual(pluralsOf(en[namespace]))
  })

  it('have every form that a language counts with', () => {
    const missing = (['en', 'ar'] as const).flatMap((language) => {
      const tree = { en, ar }[language][namespace]
      const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
      const words = flatten(tree)
      return pluralsOf(tree)
        .flatMap((key) => forms.map((form) => `${key}_${form}`))
        .filter((key) => !words.has(key))
        .map((key) => `${language}: ${key}`)
    })
    expect(missing).toEqual([])
  })

  it('take in the same things', () => {
    const english = flatten(en[namespace])
    const wrong = [...flatten(ar[namespace])].filter(([key, text]) => {
      const original = english.get(key) ?? english.get(`${baseOf(key)}_other`) ?? ''
      const given = placeholdersOf(text)
      // Arabic says one and two in words.
      if (isPlural(key)) return given.some((one) => !placeholdersOf(original).includes(one))
      return given.join() !== placeholdersOf(original).join()
    })
    expect(wrong).toEqual([])
  })

  it('do not raise their voice', () => {
    const loud = [...flatten(en[namespace]), ...flatten(ar[namespace])].filter(([, text]) =>
      text.includes('!'),
    )
    expect(loud).toEqual([])
  })
})

describe('words', () => {
  it('are all used', () => {
    const { plain, templates } = stringsOfSources()
    const isUsed = (key: string) => plain.has(key) || templates.some((pattern) => pattern.test(key))
    const unused = namespaces.flatMap((namespace) =>
      basesOf(en[namespace])
        .filter((key) => !isUsed(key) && !isUsed(`${namespace}:${key}`))
        .map((key) => `${namespace}: ${key}`),
    )
    expect(unused).toEqual([])
  })
})

describe('languages', () => {
  it('are chosen by what the reader prefers', () => {
    expect(preferredLanguage(['de-AT', 'ar-EG', 'en'])).toBe('ar')
    expect(preferredLanguage(['de'])).toBe('en')
    expect(preferredLanguage([])).toBe('en')
  })

  it('know where a line begins', () => {
    expect(dirOf('ar')).toBe('rtl')
    expect(dirOf('en')).toBe('ltr')
  })
})
