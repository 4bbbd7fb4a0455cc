import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** How much of the end of what it wrote is kept (characters). */
const MOST_OUTPUT = 1_000_000

/** The shell waits for the end of its input, which comes however this process ends, and takes the program with it. */
const SCRIPT = '"$@" </dev/null & cat >/dev/null; kill "$!"; wait "$!"; exit 0'

export interface KeptProcess {
  /** What it wrote to stdout and stderr. */
  output(): string
  /** SIGTERM, and its end. */
  stop(): Promise<void>
}

/** Runs a program that ends with this process at the latest. */
export const keepProcess = (command: string, args: readonly string[]): KeptProcess => {
  const child = spawn('sh', ['-c', SCRIPT, 'sh', command, ...args], { stdio: 'pipe' })
  let written = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      written = (written + text).slice(-MOST_OUTPUT)
    })
  }
  return {
    output: () => written,
    stop: async () => {
      const ended = child.exitCode === null ? once(child, 'exit') : null
      child.stdin.end()
      await ended
    },
  }
}
