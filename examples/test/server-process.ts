import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

// Not by `URL`: in a test with a page that is the page's.
const ROOT = resolve(fileURLToPath(import.meta.url), '../../..')

export interface Running {
  readonly url: string
  stop(): Promise<void>
}

/** A whole server with a database of its own, in a process of its own: for tests with a page, in which no server can run. */
export const startProcess = async (): Promise<Running> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-examples-'))
  const args = ['--import', 'tsx', '--conditions=parley-source', 'server/main.ts', 'serve']
  const env = {
    PATH: process.env['PATH'],
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
  }
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise<void>((ended) => child.once('exit', () => ended()))
  const url = await new Promise<string>((found, reject) => {
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += String(chunk)
      const match = /listening on (http:\/\/\S+)/u.exec(said)
      if (match?.[1] !== undefined) found(match[1])
    })
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}.`)))
  })
  return {
    url,
    async stop() {
      child.kill('SIGTERM')
      await exited
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
