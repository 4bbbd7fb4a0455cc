import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = join(fileURLToPath(import.meta.url), '..', '..', '..', '..')
export const MAIN = join(ROOT, 'server', 'dist', 'main.js')
const PATIENCE = 20_000

/** The environment without the settings of whoever runs the tests, and with colours off. */
export const cleanEnv = (env: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  TERM: 'xterm',
  LOG_LEVEL: 'silent',
  ...env,
})

/** A process that goes on: what it wrote, what is typed into it, how it ended. */
export class Running {
  readonly child: ChildProcess
  readonly ended: Promise<{ code: number | null; signal: string | null }>
  #out = ''
  #err = ''
  #hasEnded = false

  constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text
    })
    child.stdin.on('error', () => {})
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#hasEnded = true
        resolve({ code, signal })
      })
    })
  }

  get out(): string {
    return this.#out
  }

  get err(): string {
    return this.#err
  }

  /** Standard output and error. */
  get text(): string {
    return this.#out + this.#err
  }

  /** How often a text was written. */
  count(text: string): number {
    return this.text.split(text).length - 1
  }

  type(text: string): void {
    this.child.stdin?.write(text)
  }

  endInput(): void {
    this.child.stdin?.end()
  }

  /** Waits until this was written, `patience` ms at most or until it ends; fails with all that was. */
  async sees(wanted: string | RegExp, patience = PATIENCE): Promise<void> {
    const until = Date.now() + patience
    while (typeof wanted === 'string' ? !this.text.includes(wanted) : !wanted.test(this.text)) {
      if (Date.now() > until || this.#hasEnded)
        throw new Error(`${String(wanted)} was not written; what was:\n${this.text}`)
      await new Promise((next) => setTimeout(next, 20))
    }
  }
}

export const start = (
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
  cwd = ROOT,
): Running => new Running(spawn(command, args, { env: cleanEnv(env), cwd, stdio: 'pipe' }))

/** A command that ends by itself. Does not block: the server it talks to may run in this process. */
export const run = async (
  args: readonly string[],
  env: Record<string, string> = {},
  input = '',
): Promise<{ code: number | null; out: string; err: string }> => {
  const running = start('node', [MAIN, ...args], env)
  running.type(input)
  running.endInput()
  const { code } = await running.ended
  return { code, out: running.out, err: running.err }
}
