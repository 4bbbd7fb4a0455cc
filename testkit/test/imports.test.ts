import { readdirSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const SKIPPED = new Set(['node_modules', 'dist', 'fixtures', '.git', '.cache'])

interface Workspace {
  readonly folder: string
  readonly name: string
  readonly declared: ReadonlySet<string>
  readonly declaredForTests: ReadonlySet<string>
}

interface Manifest {
  readonly name: string
  readonly dependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

const workspaceFolders = (): string[] => {
  const patterns = (manifestOf(root) as unknown as { workspaces: string[] }).workspaces
  return patterns.flatMap((pattern) =>
    pattern.endsWith('/*')
      ? readdirSync(join(root, pattern.slice(0, -2))).map((name) => join(root, pattern.slice(0, -2), name))
      : [join(root, pattern)],
  )
}

const workspaces: readonly Workspace[] = workspaceFolders().map((folder) => {
  const manifest = manifestOf(folder)
  const declared = [
    manifest.name,
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
  ]
  const rootTools = Object.keys(manifestOf(root).devDependencies ?? {})
  return {
    folder,
    name: manifest.name,
    declared: new Set(declared),
    declaredForTests: new Set([...declared, ...Object.keys(manifest.devDependencies ?? {}), ...rootTools]),
  }
})

/** Tests may import tools; `testkit`, `bench` and `e2e` are nothing else. */
const isTest = (file: string): boolean => /\.test\.tsx?$|[\\/](test|testkit|bench|e2e)[\\/]/.test(file)

const sourcesOf = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return []
    const path = join(folder, entry.name)
    return entry.isDirectory() ? sourcesOf(path) : /\.tsx?$/.test(path) ? [path] : []
  })

const importsOf = (file: string): string[] => {
  const text = readFileSync(file, 'utf8')
  const pattern =
    /^\s*(?:import|export)\b[^'"`;]*?from\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]/gm
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3]!)
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

/** Computed specifiers (`${…}`) are paths of worker files. */
const isOutside = (specifier: string): boolean =>
  !specifier.startsWith('.') &&
  !specifier.startsWith('${') &&
  !specifier.startsWith('node:') &&
  !builtinModules.includes(specifier)

const allowedOwn: readonly [match: RegExp, allowed: RegExp][] = [
  [/^@parley\/model$/, /^$/],
  [/^@parley\/sockets$/, /^$/],
  [/^@parley\/core$/, /^@parley\/model$/],
  [/^@parley\/socketio$/, /^@parley\/(core|model|sockets)$/],
  // Its shapes hold those of channels.
  [/^@parley\/dialect-rest$/, /^@parley\/(core|model|dialect-channels)$/],
  [/^@parley\/dialect-/, /^@parley\/(core|model|sockets|socketio)$/],
  [/^@parley\/(store|bus)-/, /^@parley\/(core|model)$/],
  // Types of the wire; what the server is made of stays out of a browser.
  [/^@parley\/client$/, /^@parley\/(dialect-[a-z]+|model)$/],
  [/^@parley\/(web|examples)$/, /^@parley\/client$/],
]

describe('who imports whom', () => {
  it('HOUSE-1 finds the workspaces it is about to check', () => {
    expect(workspaces.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        '@parley/core',
        '@parley/model',
        '@parley/sockets',
        '@parley/server',
        '@parley/web',
      ]),
    )
  })

  it.each(workspaces)(
    'HOUSE-1 $name imports only what it declares',
    ({ folder, declared, declaredForTests }) => {
      const undeclared = sourcesOf(folder).flatMap((file) =>
        importsOf(file)
          .filter(isOutside)
          .map(packageOf)
          .filter((name) => !(isTest(file) ? declaredForTests : declared).has(name) && name !== 'bun')
          .map((name) => `${relative(root, file)}: ${name}`),
      )
      expect(undeclared).toEqual([])
    },
  )

  it.each(workspaces)(
    'HOUSE-2 $name imports of this repository only what its place allows',
    ({ folder, name }) => {
      const rule = allowedOwn.find(([match]) => match.test(name))
      if (rule === undefined) return
      const wrong = sourcesOf(folder)
        .filter((file) => !isTest(file))
        .flatMap((file) =>
          importsOf(file)
            .map(packageOf)
            .filter(
              (imported) => imported.startsWith('@parley/') && imported !== name && !rule[1].test(imported),
            )
            .map((imported) => `${relative(root, file)}: ${imported}`),
        )
      expect(wrong).toEqual([])
    },
  )

  it('HOUSE-3 no dialect imports ws', () => {
    const offenders = sourcesOf(join(root, 'dialects')).filter(
      (file) => !isTest(file) && importsOf(file).some((specifier) => packageOf(specifier) === 'ws'),
    )
    expect(offenders).toEqual([])
  })

  it.each(workspaces)('HOUSE-4 $name reaches other workspaces by name, not by path', ({ folder }) => {
    const outside = sourcesOf(folder).flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .filter((specifier) => relative(folder, join(dirname(file), specifier)).startsWith('..'))
        .map((specifier) => `${relative(root, file)}: ${specifier}`),
    )
    expect(outside).toEqual([])
  })
})
