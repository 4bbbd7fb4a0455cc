import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { REDIS, requireTool } from './system-tool.ts'

/** How long it may take to start, on a machine that is busy (ms). */
const PATIENCE = 20_000

/** A Redis of the test's own, on loopback, that keeps nothing on disk. It ends with this process at the latest. */
export interface RedisProcess {
  readonly url: string
  readonly port: number
  /** SIGKILL: whatever it held is gone. */
  kill(): Promise<void>
  /** On the same port, empty. */
  start(): Promise<void>
  /** SIGSTOP: it hangs, with its connections open. */
  pause(): void
  resume(): void
  /** What one command answers, as text (RESP). */
  ask(...words: string[]): Promise<string>
  stop(): Promise<void>
}

export const startRedis = async (): Promise<RedisProcess> => {
  requireTool(REDIS)
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'parley-redis-'))
  let child: ChildProcess | null = null
  const kill = async (): Promise<void> => {
    if (child === null) return
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null
    child.kill('SIGKILL')
    await ended
    child = null
  }
  const killAtExit = (): void => void child?.kill('SIGKILL')
  process.once('exit', killAtExit)
  const start = async (): Promise<void> => {
    const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    child = spawn('redis-server', [...settings, '--dir', folder], { stdio: 'ignore' })
    await answers(port)
  }
  const ask = (...words: string[]): Promise<string> => askRedis(port, words)
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    start,
    ask,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    stop: async () => {
      await kill()
      process.off('exit', killAtExit)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const answers = async (port: number): Promise<void> => {
  const end = performance.now() + PATIENCE
  for (;;) {
    const pong = await askRedis(port, ['PING']).catch(() => '')
    if (pong.startsWith('+PONG')) return
    if (performance.now() > end) throw new Error('redis-server did not start')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const askRedis = async (port: number, words: readonly string[]): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
  // QUIT ends the connection behind the answer, so that all of it is there when it ends.
  socket.write(`*${words.length}\r\n${parts.join('')}*1\r\n$4\r\nQUIT\r\n`)
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk
  })
  await once(socket, 'close')
  return text
}
