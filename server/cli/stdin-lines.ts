import { createInterface } from 'node:readline'

/** Standard input that is no terminal, line by line; nothing is lost between one who asks and the next. */
export class StdinLines {
  readonly #lines: string[] = []
  #isEnded = false
  #wake: () => void = () => {}

  constructor(input: NodeJS.ReadableStream) {
    const readline = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
    readline.on('line', (line) => {
      this.#lines.push(line)
      this.#wake()
    })
    readline.on('close', () => {
      this.#isEnded = true
      this.#wake()
    })
  }

  /** Null at the end. One may wait at a time. */
  async next(): Promise<string | null> {
    while (this.#lines.length === 0 && !this.#isEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#lines.shift() ?? null
  }
}

let shared: StdinLines | null = null

/** The one reader of this process's standard input. */
export const stdinLines = (): StdinLines => {
  shared ??= new StdinLines(process.stdin)
  return shared
}
