import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'

/** Tries for the inspector to answer, and the time between them (ms). */
const TRIES = 50
const PAUSE = 100
/** How long one collection may take (ms). */
const PATIENCE = 30_000

/** What a process of Node needs in its environment, so that its garbage can be collected from outside. */
export const inspectable = (port: number): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--inspect-port=127.0.0.1:${port}`,
})

/** Makes a process that was started so collect its garbage: what is left in memory is in use. */
export const collectGarbage = async (pid: number, port: number): Promise<void> => {
  // Opens the inspector, once.
  process.kill(pid, 'SIGUSR1')
  const socket = new WebSocket(await inspectorOf(port))
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the garbage was not collected')), PATIENCE)
      socket.once('error', reject)
      socket.once('open', () => socket.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' })))
      socket.once('message', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  } finally {
    socket.close()
  }
}

const inspectorOf = async (port: number): Promise<string> => {
  for (let tries = 0; tries < TRIES; tries += 1) {
    try {
      const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
        webSocketDebuggerUrl: string
      }[]
      if (target !== undefined) return target.webSocketDebuggerUrl
    } catch {
      // It is not open yet.
    }
    await sleep(PAUSE)
  }
  throw new Error('the inspector did not open')
}
