import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SOURCES = fileURLToPath(new URL('../..', import.meta.url))
const PLURAL = /_(?:zero|one|two|few|many|other)$/u

/** Sentences by their path: `conversation.day.today`. */
export type Words = ReadonlyMap<string, string>

export const flatten = (tree: object, path = ''): Words => {
  const words = new Map<string, string>()
  for (const [name, value] of Object.entries(tree)) {
    const key = path === '' ? name : `${path}.${name}`
    if (typeof value === 'string') words.set(key, value)
    else for (const [inner, text] of flatten(value as object, key)) words.set(inner, text)
  }
  return words
}

/** The key that is asked for, whatever the count. */
export const baseOf = (key: string): string => key.replace(PLURAL, '')
export const isPlural = (key: string): boolean => PLURAL.test(key)

/** What is put into a sentence, and the tags around parts of it. */
export const placeholdersOf = (text: string): readonly string[] =>
  [...new Set(text.match(/\{\{[^}]+\}\}|<\/?\w+\s*\/?>/gu) ?? [])].sort()

const filesUnder = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'test' || entry.name === 'i18n' ? [] : filesUnder(path)
    return /\.tsx?$/u.test(entry.name) ? [path] : []
  })

/** Patterns of every string in the sources; what is put into a template may be anything. */
export const stringsOfSources = (): {
  readonly plain: ReadonlySet<string>
  readonly templates: readonly RegExp[]
} => {
  const plain = new Set<string>()
  const templates: RegExp[] = []
  for (const path of filesUnder(SOURCES)) {
    const source = readFileSync(path, 'utf8')
    for (const [, text] of source.matchAll(/'([\w.]+)'|"([\w.]+)"/gu)) if (text !== undefined) plain.add(text)
    for (const [, text] of source.matchAll(/"([\w.]+)"/gu)) plain.add(text!)
    for (const [, text] of source.matchAll(/`([\w.]*\$\{[^`]*)`/gu)) {
      const pattern = text!.replace(/\$\{[^}]*\}/gu, '*')
      if (/^[\w.*]+$/u.test(pattern) && /\w/u.test(pattern))
        templates.push(new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.+')}$`, 'u'))
    }
  }
  return { plain, templates }
}
