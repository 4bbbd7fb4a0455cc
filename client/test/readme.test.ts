import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startServer } from '@parley/server'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as client from '../index.ts'

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url))
const README = readFileSync(pathOf('../README.md'), 'utf8')
const SERVER = 'https://chat.example.org'

const blocksOf = (language: string): readonly string[] =>
  [...README.matchAll(/^```(\w+)\n(.*?)^```$/gmsu)]
    .filter(([, name]) => name === language)
    .map(([, , code = '']) => code)

/** One program: each block goes on where the one before ended. */
const program = blocksOf('ts').join('\n')

describe('client/README.md', () => {
  let running: Awaited<ReturnType<typeof startServer>>
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-readme-'))
  beforeAll(async () => {
    running = await startServer({ PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, LOG_LEVEL: 'silent' })
  })
  afterAll(async () => {
    await running.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  it('has code that runs, from the first block to the last', async () => {
    const source = program
      .replaceAll(SERVER, running.url)
      .replace(/^import \{[^}]*\} from '@parley\/client'$/gmu, '')
    const code = ts.transpile(source, { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext })
    const said: string[] = []
    const log = (...parts: readonly unknown[]) => said.push(parts.join(' '))
    const imported = `{ ${Object.keys(client).join(', ')} }`
    const run = new Function(
      'client',
      'console',
      `return (async () => {\nconst ${imported} = client\n${code}\n})()`,
    ) as (given: typeof client, console: { log: typeof log }) => Promise<void>
    await run(client, { log })
    expect(said.some((line) => line.startsWith('connected'))).toBe(true)
    expect(said.some((line) => line.endsWith('ada Hello **everybody** sent'))).toBe(true)
    expect(said).toContain('1')
    expect(said).toContain('Written without a connection')
    expect(said.at(-1)).toMatch(/^NOT_A_MEMBER /u)
  })

  it('has code of which every type is right', () => {
    const files = new Map([
      [pathOf('readme-program.ts'), program.replaceAll("'@parley/client'", "'../index.ts'")],
      [
        pathOf('readme-hooks.tsx'),
        blocksOf('tsx').join('\n').replaceAll('@parley/client/react', '../react/index.ts'),
      ],
    ])
    const { config } = ts.readConfigFile(pathOf('../../tsconfig.dom.json'), ts.sys.readFile) as {
      config: object
    }
    const parsed = ts.parseJsonConfigFileContent(
      { ...config, files: [], include: [] },
      ts.sys,
      pathOf('../..'),
    )
    const options = { ...parsed.options, incremental: false, noUnusedLocals: false }
    const host = ts.createCompilerHost(options)
    const { getSourceFile, fileExists } = host
    host.fileExists = (path) => files.has(path) || fileExists(path)
    host.getSourceFile = (path, language, ...rest) => {
      const text = files.get(path)
      return text === undefined
        ? getSourceFile(path, language, ...rest)
        : ts.createSourceFile(path, text, language)
    }
    const compiled = ts.createProgram([...files.keys()], options, host)
    const complaints = [...files.keys()].flatMap((path) =>
      compiled
        .getSemanticDiagnostics(compiled.getSourceFile(path))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
    )
    expect(complaints).toEqual([])
  }, 120_000)
})
