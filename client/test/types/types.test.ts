import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

const optionsOf = (): ts.CompilerOptions => {
  const path = pathOf('../../../tsconfig.dom.json')
  const { config } = ts.readConfigFile(path, ts.sys.readFile) as { readonly config: object }
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, files: [], include: [] },
    ts.sys,
    pathOf('../../..'),
  )
  return { ...options, incremental: false, noEmit: true }
}

/** A file that is not there, and wrong. */
const WRONG = `import { expectTypeOf } from 'vitest'
import type { ServerEvents } from '../../wire.ts'
expectTypeOf<ServerEvents['message:new']['seq']>().toEqualTypeOf<string>()`

const FILES = ['wire.types.ts', 'surface.types.ts', 'wrong.types.ts'] as const

/** What the compiler says of each. */
const compile = (): ReadonlyMap<string, readonly string[]> => {
  const wrong = pathOf('wrong.types.ts')
  const options = optionsOf()
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.fileExists = (path) => path === wrong || fileExists(path)
  host.getSourceFile = (path, language, ...rest) =>
    path === wrong ? ts.createSourceFile(path, WRONG, language) : getSourceFile(path, language, ...rest)
  const program = ts.createProgram(FILES.map(pathOf), options, host)
  const complaintsOf = (file: string) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(pathOf(file)))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
  return new Map(FILES.map((file) => [file, complaintsOf(file)]))
}

/** Types have no run time: these files are compiled, as `tsc` would. */
describe('SDK-4 types', () => {
  let complaints: ReadonlyMap<string, readonly string[]> = new Map()
  beforeAll(() => {
    complaints = compile()
  }, 120_000)

  it('of events and answers are those of the schemas', () => {
    expect(complaints.get('wire.types.ts')).toEqual([])
  })

  it('of the client and the hooks are as documented', () => {
    expect(complaints.get('surface.types.ts')).toEqual([])
  })

  it('would be found wrong', () => {
    expect(complaints.get('wrong.types.ts')).toHaveLength(1)
  })
})
