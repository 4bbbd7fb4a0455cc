import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { keepProcess } from './kept-process.ts'
import { requireTool, TURNSERVER } from './system-tool.ts'

/** What a test on one machine needs beyond the sample: peers on loopback. */
export const LOOPBACK_ALLOWANCE = ['allow-loopback-peers', 'allowed-peer-ip=127.0.0.1', 'allowed-peer-ip=::1']

const SAMPLE = new URL('../deploy/coturn.conf', import.meta.url)
/** How long it may take to start, on a machine that is busy (ms). */
const PATIENCE = 20_000
/** A binding request, which everybody may send: whoever answers it runs. */
const PING = Buffer.from('000100002112a4427061726c657970696e670000', 'hex')

/** The sample configuration as it is in the repository. */
export const readSample = (): string => readFileSync(SAMPLE, 'utf8')

export interface CoturnOptions {
  /** Null: the sample as it stands, which has none. */
  readonly secret: string | null
  /** May relays lead to peers on loopback? */
  readonly allowsLoopback: boolean
}

export interface Coturn {
  readonly host: '127.0.0.1'
  readonly port: number
  /** `turn:…` for browsers. */
  readonly url: string
  /** All that it wrote. */
  output(): string
  stop(): Promise<void>
}

/** The sample, what ties it to this machine, and the allowance if there is one. */
export const coturnConfig = (options: CoturnOptions & { port: number; folder: string }): string =>
  [
    readSample(),
    ...(options.secret === null ? [] : [`static-auth-secret=${options.secret}`]),
    ...instanceLines(options.port, options.folder),
    ...(options.allowsLoopback ? LOOPBACK_ALLOWANCE : []),
    '',
  ].join('\n')

/** Loopback on both sides, no TLS, and no file outside the folder. */
export const instanceLines = (port: number, folder: string): readonly string[] => [
  `listening-port=${port}`,
  'listening-ip=127.0.0.1',
  'relay-ip=127.0.0.1',
  'relay-ip=::1',
  'no-tls',
  'no-dtls',
  `pidfile=${join(folder, 'pid')}`,
  `userdb=${join(folder, 'turndb')}`,
]

/** Starts coturn with the sample configuration on a free port of loopback. It ends with this process at the latest. */
export const startCoturn = async (options: CoturnOptions): Promise<Coturn> => {
  requireTool(TURNSERVER)
  const port = await freeUdpAndTcpPort()
  const folder = mkdtempSync(join(tmpdir(), 'parley-coturn-'))
  const file = join(folder, 'coturn.conf')
  writeFileSync(file, coturnConfig({ ...options, port, folder }), { mode: 0o600 })
  const { output, stop: end } = keepProcess('turnserver', ['-c', file])
  const stop = async (): Promise<void> => {
    await end()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await answers(port)
  } catch {
    await stop()
    throw new Error(`coturn did not start; it wrote:\n${output()}`)
  }
  return { host: '127.0.0.1', port, url: `turn:127.0.0.1:${port}?transport=udp`, output, stop }
}

/** Free for both: coturn listens to UDP and TCP at one port, and waits for ever where either is taken. */
const freeUdpAndTcpPort = async (): Promise<number> => {
  for (;;) {
    const port = await freePort()
    const socket = createSocket('udp4')
    try {
      socket.bind(port, '127.0.0.1')
      await once(socket, 'listening')
      return port
    } catch {
      // Taken: another one.
    } finally {
      socket.close()
    }
  }
}

const answers = async (port: number): Promise<void> => {
  const socket = createSocket('udp4')
  const answer = once(socket, 'message', { signal: AbortSignal.timeout(PATIENCE) })
  const ping = () => socket.send(PING, port, '127.0.0.1')
  const timer = setInterval(ping, 100)
  ping()
  try {
    await answer
  } finally {
    clearInterval(timer)
    socket.close()
  }
}
