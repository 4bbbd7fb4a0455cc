import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Answer, Answers, Order } from './generator-orders.ts'

/** The clients, in a process of their own. */
export class LoadGenerator {
  readonly #child: ChildProcess

  constructor() {
    // From its source, whatever runs this process.
    const execArgv = ['--import', import.meta.resolve('tsx'), '--conditions=parley-source']
    this.#child = fork(fileURLToPath(new URL('generator.ts', import.meta.url)), { execArgv })
  }

  /** Resolves to its answer; rejects with what went wrong there, or when it ended. */
  async ask<O extends Order>(order: O): Promise<Answers[O['kind']]> {
    if (this.#hasEnded) throw new Error('the load generator ended')
    const ended = new AbortController()
    const { signal } = ended
    const answered = once(this.#child, 'message', { signal })
    const gone = once(this.#child, 'exit', { signal }).then(() => {
      throw new Error('the load generator ended')
    })
    // Whichever comes second is nobody's.
    for (const each of [answered, gone]) each.catch(() => {})
    this.#child.send(order)
    try {
      const [answer] = (await Promise.race([answered, gone])) as [Answer]
      if (!answer.ok) throw new Error(`the load generator: ${answer.why}`)
      return answer.result as Answers[O['kind']]
    } finally {
      ended.abort()
    }
  }

  async stop(): Promise<void> {
    if (this.#hasEnded) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }
}
