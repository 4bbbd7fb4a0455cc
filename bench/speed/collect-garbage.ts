import { on, once } from 'node:events'
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

/** Makes a process that was started so collect its garbage; the bytes of its objects that are left, buffers included. */
export const collectGarbage = async (pid: number, port: number): Promise<number> => {
  // Opens the inspector, once.
  process.kill(pid, 'SIGUSR1')
  const socket = new WebSocket(await inspectorOf(port))
  try {
    await once(socket, 'open')
    await ask(socket, 'HeapProfiler.collectGarbage')
    const { result } = (await ask(socket, 'Runtime.evaluate', { expression: LIVE, returnByValue: true })) as {
      result: { value: number }
    }
    return result.value
  } finally {
    socket.close()
  }
}

const LIVE = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())'

/** One question at a time. */
const ask = async (socket: WebSocket, method: string, params: object = {}): Promise<unknown> => {
  socket.send(JSON.stringify({ id: 1, method, params }))
  for await (const [text] of on(socket, 'message', { signal: AbortSignal.timeout(PATIENCE) })) {
    const { id, result } = JSON.parse(String(text)) as { id?: number; result: unknown }
    if (id === 1) return result
  }
  throw new Error('the inspector did not answer')
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
