import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BENCH = fileURLToPath(new URL('../', import.meta.url))
const BUILT = join(BENCH, 'build')
const FLAGS = ['-O2', '-Wall', '-Wextra', '-std=gnu11', '-D_GNU_SOURCE']

/** What is compiled: all C files of a folder, or one of the peers. */
export type Program = 'load' | 'c-fan-out'

const filesOf = (program: Program): { readonly sources: string[]; readonly all: string[] } => {
  switch (program) {
    case 'load': {
      const folder = join(BENCH, 'load')
      const all = readdirSync(folder).map((name) => join(folder, name))
      return { sources: all.filter((name) => name.endsWith('.c')), all }
    }
    case 'c-fan-out': {
      const source = join(BENCH, 'peers', 'c-fan-out.c')
      return { sources: [source], all: [source, join(BENCH, 'load', 'as_child.h')] }
    }
  }
}

const changedAt = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0

/** Compiles with the system's compiler where what is there is older than its sources. Answers the path. */
export const compile = (program: Program): string => {
  const { sources, all } = filesOf(program)
  const binary = join(BUILT, program)
  if (all.every((file) => changedAt(file) < changedAt(binary))) return binary
  mkdirSync(BUILT, { recursive: true })
  const { error, status, stderr } = spawnSync('cc', [...FLAGS, '-o', binary, ...sources], {
    encoding: 'utf8',
  })
  if (error !== undefined)
    throw new Error('The bench needs a C compiler named cc: apt-get install build-essential, then again.')
  if (status !== 0) throw new Error(`${program} could not be compiled:\n${stderr}`)
  return binary
}
