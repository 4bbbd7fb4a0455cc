import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { stdinLines } from './stdin-lines.ts'

/** Asks on the terminal without showing what is typed; without a terminal, takes the first line of standard input. */
export const askPassword = async (question: string): Promise<string> => {
  const password = process.stdin.isTTY === true ? await askOnTerminal(question) : await stdinLines().next()
  if (password === null || password === '') {
    throw new Error('No password. Type it, pipe it in as the first line, or give --password.')
  }
  return password
}

/** Null when the person leaves with Ctrl+C or Ctrl+D. */
const askOnTerminal = (question: string): Promise<string | null> => {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const readline = createInterface({ input: process.stdin, output: silent, terminal: true })
  const out = process.stdout.isTTY === true ? process.stdout : process.stderr
  out.write(question)
  return new Promise((resolve) => {
    let answer: string | null = null
    readline.once('line', (line) => {
      answer = line
      readline.close()
    })
    readline.once('close', () => {
      out.write('\n')
      resolve(answer)
    })
  })
}
