import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { freePort } from '@parley/testkit/free-port'
import { requireTool } from '@parley/testkit/system-tool'
import { JWT_SECRET, newPeople } from '../scaling/people.ts'
import { compile } from './compile.ts'
import { pinnedTo, SERVER_CORE } from './cores.ts'
import { type Contestant, type FanOutStage, MESSAGE_BYTES } from './fan-out-stage.ts'
import { chatScript, SOCKET_IO_PATH } from './parley.ts'
import { contentOf, scriptOf, type Wire } from './script.ts'
import { MOST_MEMBERS, prepareEjabberd, prepareProsody, type XmppServer, xmppStage } from './xmpp.ts'

/** What Parley is measured beside. */
export const PEERS = ['c', 'ws', 'socketio', 'nats', 'bun', 'naive', 'ejabberd', 'prosody'] as const
export type Peer = (typeof PEERS)[number]

/** How long a peer may take to listen (ms). */
const PATIENCE = 20_000

interface PeerProcess {
  readonly child: ChildProcess
  /** All that it wrote until it listened. */
  readonly said: string
}

const spawnPeer = async ({
  command,
  env = {},
  cores = [SERVER_CORE],
}: Pick<PeerOptions, 'command' | 'env' | 'cores'>): Promise<PeerProcess> => {
  const [program, ...args] = [...pinnedTo(...cores), ...command]
  const child = spawn(program!, args, { stdio: 'pipe', env: { PATH: process.env['PATH'], ...env } })
  let said = ''
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new Error(`${command.join(' ')} ${why}: ${said.slice(-1_000)}`))
    }
    const timer = setTimeout(() => fail('did not listen'), PATIENCE)
    const hear = (chunk: Buffer): void => {
      said += String(chunk)
      if (!LISTENING.test(said)) return
      clearTimeout(timer)
      resolve({ child, said })
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', ({ message }) => fail(`could not be run (${message})`))
    child.once('exit', (code, signal) => fail(`ended with ${code ?? signal}`))
  })
}

const stopPeer = async ({ child }: PeerProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}

interface PeerOptions {
  readonly name: string
  readonly command: readonly string[]
  readonly wire?: Wire
  readonly env?: Readonly<Record<string, string>>
  /** Default: one. */
  readonly cores?: readonly number[]
  /** Default: the one that it prints. */
  readonly port?: number
  /** What it leaves behind. */
  readonly folder?: string
  readonly mostMembers?: number
  stage(members: number): FanOutStage
}

const LISTENING =
  /listening on (\d+)|Server is ready|Activated service 'c2s' on \[|Start accepting TCP connections/

const startPeer = async (options: PeerOptions): Promise<Contestant> => {
  const { folder, mostMembers } = options
  const clean = (): void => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
  const peer = await spawnPeer(options).catch((error) => {
    clean()
    throw error
  })
  return {
    ...(mostMembers === undefined ? {} : { mostMembers }),
    name: options.name,
    pid: peer.child.pid!,
    port: options.port ?? Number(LISTENING.exec(peer.said)?.[1]),
    wire: options.wire ?? 'ws',
    stage: async (members) => options.stage(members),
    stop: () => stopPeer(peer).then(clean),
  }
}

const node = (file: string, ...args: readonly string[]): string[] => [
  ...[process.execPath, '--import', 'tsx', fileURLToPath(new URL(`../peers/${file}`, import.meta.url))],
  ...args,
]

const BUN_PEER = fileURLToPath(new URL('../peers/bun-fan-out.ts', import.meta.url))

const content = contentOf(MESSAGE_BYTES)

/** What one says, the others hear as it is. */
const plainStage =
  (say: string, own: number) =>
  (members: number): FanOutStage => ({
    scripts: Array.from({ length: members + 1 }, () => scriptOf({ path: '/', say, steps: ['welcome'] })),
    marker: 'tick:',
    listeners: members + own,
  })

const hubSay = JSON.stringify({ type: 'chat_message', message: content })
/** As much as a frame of the hub, so that the kernel has the same to do. */
const hubFrame = JSON.stringify({
  ...{ type: 'chat_message', user: { userId: '0'.repeat(36), email: '', name: '0'.repeat(36) } },
  ...{ message: content, timestamp: '2026-01-01T00:00:00.000Z' },
})

const stockStage = (members: number): FanOutStage => ({
  scripts: newPeople(members + 1).map(({ token }) =>
    scriptOf({
      path: SOCKET_IO_PATH,
      say: `42${JSON.stringify(['send_message', { content, room: 'LOBBY', messageType: 'text' }])}`,
      steps: [
        ...['0{', `40${JSON.stringify({ token })}`],
        ...['40{', `42${JSON.stringify(['join_room', 'lobby'])}`],
        'joined_room',
      ],
    }),
  ),
  marker: '"new_message"',
  listeners: members + 1,
})

const natsStage = (members: number): FanOutStage => {
  const begin = (subscribe: string): string[] => [
    ...['INFO', `CONNECT {"verbose":false,"pedantic":false}\r\n${subscribe}PING\r\n`, 'PONG'],
  ]
  const say = `PUB room ${content.length}\r\n${content}\r\n`
  return {
    scripts: [
      scriptOf({ path: '-', say, steps: begin('') }),
      ...Array.from({ length: members }, () =>
        scriptOf({ path: '-', say: null, steps: begin('SUB room 1\r\n') }),
      ),
    ],
    marker: 'tick:',
    listeners: members,
  }
}

const startXmpp = async (
  name: string,
  mostMembers: number,
  prepare: (port: number) => XmppServer,
): Promise<Contestant> => {
  const port = await freePort()
  return startPeer({
    ...{ name, port, wire: 'tags', stage: xmppStage, mostMembers },
    ...prepare(port),
  })
}

/** Of document 001: for direct messages and arrivals, as it has no rooms. */
export const startNaive = (cores?: readonly number[]): Promise<Contestant> =>
  startPeer({
    ...{ name: 'naive 001', command: node('naive-chat.ts'), env: { JWT_SECRET } },
    ...(cores === undefined ? {} : { cores }),
    stage: (members) => ({
      scripts: newPeople(members + 1).map((person) => chatScript(person)),
      ...{ marker: '"new_message"', listeners: 1 },
    }),
  })

/** `env`: what it has in its environment besides. */
type Starter = (env?: Readonly<Record<string, string>>) => Promise<Contestant>

/** Its servers, as they are started one by one. Throws with what is missing where one cannot be had. */
export const startersOf = (peer: Peer): Starter[] => {
  switch (peer) {
    case 'c':
      return (['each', 'coalesced'] as const).map((how) => () => {
        const command = [compile('c-fan-out'), how]
        return startPeer({ name: `C, ${how}`, command, stage: plainStage(hubFrame, 0) })
      })
    case 'ws':
      return (['each', 'coalesced'] as const).map((how) => (env = {}) => {
        const command = node('ws-fan-out.ts', how)
        return startPeer({ name: `ws, ${how}`, command, env, stage: plainStage(hubSay, 1) })
      })
    case 'socketio':
      return [
        (env = {}) => {
          const command = node('socket-io-stock.ts')
          return startPeer({
            ...{ name: 'Socket.IO stock', command, stage: stockStage },
            env: { JWT_SECRET, ...env },
          })
        },
      ]
    case 'nats':
      return [
        async () => {
          requireTool({
            ...{ command: 'nats-server', probe: ['--version'] },
            ...{ package: 'nats-server', service: 'nats-server' },
          })
          const port = await freePort()
          const command = ['nats-server', '-a', '127.0.0.1', '-p', String(port)]
          return startPeer({ name: 'NATS', command, wire: 'lines', port, stage: natsStage })
        },
      ]
    case 'bun':
      return [
        () => {
          const command = [fileURLToPath(new URL('../../node_modules/.bin/bun', import.meta.url)), BUN_PEER]
          return startPeer({ name: 'Bun publish', command, stage: plainStage(hubSay, 1) })
        },
      ]
    case 'naive':
      return []
    case 'ejabberd':
      return [() => startXmpp('ejabberd', MOST_MEMBERS.ejabberd, prepareEjabberd)]
    case 'prosody':
      return [() => startXmpp('Prosody', MOST_MEMBERS.prosody, prepareProsody)]
  }
}
