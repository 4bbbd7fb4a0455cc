import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
/** What is tested; another build of the server, with a planted fault, may be named to see the tests fail. */
const MAIN = process.env['PARLEY_TEST_MAIN'] ?? join(ROOT, 'server', 'dist', 'main.js')
/** How long the server may take to start (ms): it may be traced, on a machine that is busy. */
const START_PATIENCE = 60_000

export interface ServerProcess {
  readonly url: string
  readonly pid: number
  /** SIGKILL, and the end of the process. */
  kill(): Promise<void>
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>
  readonly hasExited: boolean
  /** Everything that it wrote to stdout and stderr. */
  output(): string
}

export interface StartOptions {
  /** What runs the server, with its arguments. */
  readonly tracer?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The bundle that is run; the one of these sources unless said. */
  readonly main?: string
}

export interface DataFolder {
  readonly path: string
  remove(): void
}

/** Makes sure that the built server is the one of these sources. */
export const buildOnce = (): void => {
  const script = 'import("./scripts/prepare.mjs").then(({ build }) => build(["server"]))'
  execFileSync(process.execPath, ['-e', script], { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe'] })
}

export const newDataFolder = (): DataFolder => {
  const path = mkdtempSync(join(tmpdir(), 'parley-process-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Starts the real server as an own process. */
export const startProcess = (dataDir: string, options: StartOptions = {}): Promise<ServerProcess> => {
  const { tracer = [], env = {}, main = MAIN } = options
  const [command, ...args] = [...tracer, process.execPath, '--enable-source-maps', main, 'serve']
  const settings = {
    PATH: process.env['PATH'],
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    LIMITS: 'off',
    ...env,
  }
  const child = spawn(command!, args, { env: settings, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let said = ''
  const hear = (chunk: Buffer): void => {
    said += String(chunk)
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  return listening(child, () => said).then((url) => ({
    url,
    pid: child.pid!,
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    stop: () => {
      child.kill('SIGTERM')
      return exited
    },
    get hasExited() {
      return child.exitCode !== null || child.signalCode !== null
    },
    output: () => said,
  }))
}

const listening = (child: ChildProcess, said: () => string): Promise<string> =>
  new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new Error(`the server ${why}: ${said().slice(-2_000)}`))
    }
    const timer = setTimeout(() => fail('did not start'), START_PATIENCE)
    // After the listener that collects.
    child.stdout?.on('data', () => {
      const url = /Parley listening on (http:\S+)/.exec(said())?.[1]
      if (url === undefined) return
      clearTimeout(timer)
      resolve(url)
    })
    child.once('error', ({ message }) => fail(`could not be run (${message})`))
    child.once('exit', (code, signal) => fail(`ended with ${code ?? signal} before it listened`))
  })
