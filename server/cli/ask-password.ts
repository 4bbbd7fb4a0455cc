import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

/** Asks on the terminal without showing what is typed. Needs a terminal: else give the password as an option. */
export const askPassword = (question: string): Promise<string> => {
  if (process.stdin.isTTY !== true) {
    return Promise.reject(new Error('No terminal to ask for the password on. Give it with --password.'))
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const readline = createInterface({ input: process.stdin, output: silent, terminal: true })
  process.stdout.write(question)
  return new Promise((resolve) => {
    readline.question('', (password) => {
      readline.close()
      process.stdout.write('\n')
      resolve(password)
    })
  })
}
