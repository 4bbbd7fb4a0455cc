import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const SKIPPED = new Set(['node_modules', 'dist', '.git', '.cache'])

/** Tests, and the suites that tests run over several implementations. */
const testSources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return testSources(path)
    return /\.test\.tsx?$|[\\/]suite-[^\\/]*\.ts$|-contract[^\\/]*\.ts$/.test(path) ? [path] : []
  })

const rules = [...readFileSync(join(root, 'SPEC.md'), 'utf8').matchAll(/^- \*\*([A-Z]+-\d+)\*\*/gm)].map(
  (match) => match[1]!,
)

const named = new Set(
  testSources(root).flatMap((file) =>
    [
      // A title, whatever calls it (it, test, it.each …): a text that begins with numbers of rules.
      ...readFileSync(file, 'utf8').matchAll(/['"`]((?:[A-Z]+-\d+[ ,]+)+)(?=\S)/g),
    ].flatMap((match) => match[1]!.trim().split(/[ ,]+/)),
  ),
)

describe('SPEC.md and the tests', () => {
  it('HOUSE-5 no rule has two meanings', () => {
    expect(rules.filter((rule, index) => rules.indexOf(rule) !== index)).toEqual([])
    expect(rules.length).toBeGreaterThan(50)
  })

  it('HOUSE-5 every rule has a test whose title carries its number', () => {
    expect(rules.filter((rule) => !named.has(rule))).toEqual([])
  })

  it('HOUSE-5 every number in a test title is a rule', () => {
    expect([...named].filter((rule) => !rules.includes(rule))).toEqual([])
  })
})
