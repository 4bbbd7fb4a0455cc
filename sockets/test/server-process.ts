import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A server in a process of its own. */
export interface ServerProcess {
  readonly port: number
  readonly child: ChildProcess
  /** What it wrote so far. */
  output(): string
}

/** Runs a script under the Bun of the npm package. */
export function startBun(script: string, ...args: string[]): Promise<ServerProcess> {
  return startProcess(bunBinary(), ['--conditions=parley-source', script, ...args])
}

/** Starts a command and waits for its `PORT n` line. */
export async function startProcess(command: string, args: string[]): Promise<ServerProcess> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const port = await new Promise<number>((ready, fail) => {
    const onData = (chunk: Buffer) => {
      output += chunk.toString()
      const match = /PORT (\d+)/.exec(output)
      if (match !== null) ready(Number(match[1]))
    }
    child.stdout.on('data', onData)
    child.stderr.on('data', onData)
    child.once('error', fail)
    child.once('exit', (code) => fail(new Error(`The server ended with ${code}: ${output}`)))
  })
  return { port, child, output: () => output }
}

function bunBinary(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve('bun/package.json')
    const binary = join(dirname(manifest), 'bin', 'bun.exe')
    if (existsSync(binary)) return binary
  } catch {
    // Told below.
  }
  throw new Error(
    'Bun is missing: run `npm install` (dev dependency "bun"; its install script must be allowed)',
  )
}
