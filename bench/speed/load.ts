import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { withRunning } from '../scaling/running.ts'
import { compile } from './compile.ts'
import { LOAD_CORE, pinnedTo } from './cores.ts'
import type { Wire } from './script.ts'

/** Times in microseconds. */
export interface Times {
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface Opened {
  readonly ready: number
  /** Tries that ended before the connection was ready. */
  readonly failed: number
  readonly seconds: number
  /** That came from the server meanwhile, over all connections. */
  readonly bytes: number
  readonly opening: Times
}

export interface FannedOut {
  readonly rounds: number
  readonly deliveries: number
  readonly missing: number
  /** Connections that ended. */
  readonly lost: number
  readonly seconds: number
  /** Seconds of CPU of the generator itself. */
  readonly cpu: number
  readonly latency: Times
}

export interface DirectCounts {
  readonly sent: number
  readonly acks: number
  readonly deliveries: number
  readonly receipts: number
  /** Receipts that came before the time was over. */
  readonly inTime: number
  readonly errors: number
  readonly lost: number
  readonly seconds: number
  readonly cpu: number
  /** Each since the message was said. */
  readonly ack: Times
  readonly delivery: Times
  readonly receipt: Times
}

export interface LoadStats {
  readonly ready: number
  readonly lost: number
  readonly lastClose: number
  readonly failed: number
  readonly bytes: number
  readonly texts: number
  readonly cpu: number
}

interface OpenOptions {
  /** Most that are not ready at a time. */
  readonly atOnce?: number
  /** ms */
  readonly limit?: number
  readonly retries?: boolean
}

const OPEN = { atOnce: 100, limit: 60_000, retries: false }

/** The load generator (`bench/load`), by default on a core of its own. One order at a time. */
export class Load {
  readonly #child: ChildProcess
  readonly #folder = mkdtempSync(join(tmpdir(), 'parley-load-'))
  readonly #waiting: { resolve(answer: string): void; reject(error: Error): void }[] = []
  #errors = ''

  constructor(cores: readonly number[] = [LOAD_CORE]) {
    const [command, ...args] = [...pinnedTo(...cores), compile('load')]
    this.#child = spawn(command!, args, { stdio: 'pipe' })
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.#waiting.shift()?.resolve(line))
    this.#child.stderr!.on('data', (chunk) => {
      this.#errors = (this.#errors + String(chunk)).slice(-2_000)
    })
    this.#child.stdin!.on('error', () => {})
    this.#child.once('exit', () => {
      for (const { reject } of this.#waiting.splice(0))
        reject(new Error(`the load generator ended: ${this.#errors}`))
    })
  }

  target(port: number, wire: Wire): Promise<unknown> {
    return this.#ask('target', '127.0.0.1', port, wire)
  }

  async open(scripts: readonly string[], options: OpenOptions = {}): Promise<Opened> {
    const { atOnce, limit, retries } = { ...OPEN, ...options }
    const file = join(this.#folder, 'scripts')
    writeFileSync(file, scripts.map((script) => `${script}\n`).join(''))
    return this.#ask('open', file, atOnce, limit, retries ? 1 : 0)
  }

  fanOut(marker: string, listeners: number, burst: number, ms: number): Promise<FannedOut> {
    return this.#ask('fanout', marker, listeners, burst, ms)
  }

  /** `window`: messages that each sender keeps under way. */
  directClosed(window: number, ms: number): Promise<DirectCounts> {
    return this.#ask('direct', window, 0, ms)
  }

  /** `rate`: messages a second, of all senders together. */
  directOpen(rate: number, ms: number): Promise<DirectCounts> {
    return this.#ask('direct', 0, rate, ms)
  }

  stats(): Promise<LoadStats> {
    return this.#ask('stats')
  }

  closeAll(): Promise<unknown> {
    return this.#ask('close')
  }

  /** What it complained of. */
  get errors(): string {
    return this.#errors
  }

  async stop(): Promise<void> {
    const ended = this.#child.exitCode === null ? once(this.#child, 'exit') : null
    this.#child.kill('SIGTERM')
    await ended
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #ask<T>(...order: readonly (string | number)[]): Promise<T> {
    return new Promise<string>((resolve, reject) => {
      if (this.#child.exitCode !== null) reject(new Error(`the load generator ended: ${this.#errors}`))
      this.#waiting.push({ resolve, reject })
      this.#child.stdin!.write(`${order.join('\t')}\n`)
    }).then((line) => JSON.parse(line) as T)
  }
}

export const withLoad = <R>(cores: readonly number[], work: (load: Load) => Promise<R>): Promise<R> =>
  withRunning(async () => {
    const value = new Load(cores)
    return { value, stop: () => value.stop() }
  }, work)
