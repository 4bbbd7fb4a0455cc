import { join, resolve } from 'node:path'
import { newDataFolder, type ServerProcess, startProcess } from '@parley/testkit/server-process'
import { addPeopleToFile, JWT_SECRET, type Person } from '../scaling/people.ts'
import { withRunning } from '../scaling/running.ts'
import { pinnedTo, SERVER_CORE } from './cores.ts'
import { type Contestant, type FanOutStage, MESSAGE_BYTES } from './fan-out-stage.ts'
import { contentOf, scriptOf } from './script.ts'

/** A built server on SQLite, as anybody would run it: accounts, metrics, log and every limit, raised. */
export interface Parley {
  readonly port: number
  /** Changes with a restart. */
  readonly pid: number
  readonly url: string
  readonly file: string
  people(count: number): Person[]
  metrics(): Promise<string>
  /**
   * SIGTERM, its end, `between`, and a new process on the same port and data. Answers ms from the signal until it listens.
   */
  restart(between?: () => void): Promise<number>
  stop(): Promise<unknown>
}

/** So high that no bench meets one, and every check is made. */
const RAISED = '1000000000'
const SETTINGS: Readonly<Record<string, string>> = {
  JWT_SECRET,
  LOG_LEVEL: 'info',
  LIMITS: 'on',
  ...Object.fromEntries(
    ['REST', 'REGISTER', 'CHAT', 'CHANNEL', 'HUB', 'WHISPER', 'TYPING', 'SIGNAL', 'CONNECT'].map((name) => [
      `LIMIT_${name}`,
      RAISED,
    ]),
  ),
}

/** `BENCH_PROFILE=FOLDER` keeps a CPU profile of each Parley there, written when it ends. It costs CPU: its figures are not for comparing. */
const profiling = (): string[] => {
  const folder = process.env['BENCH_PROFILE']
  if (folder === undefined) return []
  const script = 'node=$1; shift; exec "$node" --cpu-prof "$@"'
  return ['env', '-C', resolve(folder), 'sh', '-c', script, 'sh']
}

export interface ParleyOptions {
  /** Default: one. */
  readonly cores?: readonly number[]
  readonly env?: Readonly<Record<string, string>>
}

export const startParley = async ({
  cores = [SERVER_CORE],
  env = {},
}: ParleyOptions = {}): Promise<Parley> => {
  const data = newDataFolder()
  const tracer = [...pinnedTo(...cores), ...profiling()]
  const start = (port: number): Promise<ServerProcess> =>
    startProcess(data.path, { tracer, env: { ...SETTINGS, ...env, PORT: String(port) } })
  let server: ServerProcess
  try {
    server = await start(0)
  } catch (error) {
    data.remove()
    throw error
  }
  const { url } = server
  const port = Number(new URL(url).port)
  const file = join(data.path, 'parley.db')
  return {
    ...{ url, port, file },
    get pid() {
      return server.pid
    },
    people: (count) => addPeopleToFile(file, count),
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    restart: async (between) => {
      const began = performance.now()
      const code = await server.stop()
      if (code !== 0) throw new Error(`the server ended with ${code}: ${server.output().slice(-2_000)}`)
      between?.()
      server = await start(port)
      return performance.now() - began
    },
    stop: async () => {
      await server.stop()
      data.remove()
    },
  }
}

/** For as long as `work` takes. */
export const withParley = <R>(options: ParleyOptions, work: (parley: Parley) => Promise<R>): Promise<R> =>
  withRunning(async () => {
    const value = await startParley(options)
    return { value, stop: () => value.stop() }
  }, work)

/** Members of one channel, each over Socket.IO. */
export const startChannels = async (): Promise<Contestant> => {
  const parley = await startParley()
  return {
    ...{ name: 'Parley channels', wire: 'ws', port: parley.port, stop: () => parley.stop() },
    get pid() {
      return parley.pid
    },
    stage: async (members): Promise<FanOutStage> => {
      const people = parley.people(members + 1)
      const channelId = await createChannel(parley.url, people)
      const scripts = people.map((person) => channelScript(person, channelId))
      return { scripts, marker: '"message:new"', listeners: members }
    },
  }
}

/** Everybody on the hub. */
export const startHub = async (): Promise<Contestant> => {
  const parley = await startParley()
  const say = JSON.stringify({ type: 'chat_message', message: contentOf(MESSAGE_BYTES) })
  return {
    ...{ name: 'Parley hub', wire: 'ws', port: parley.port, stop: () => parley.stop() },
    get pid() {
      return parley.pid
    },
    stage: async (members): Promise<FanOutStage> => ({
      scripts: parley
        .people(members + 1)
        .map(({ token }) => scriptOf({ path: `/ws/hub?token=${token}`, say, steps: ['"connected_users"'] })),
      marker: '"type":"chat_message"',
      listeners: members + 1,
    }),
  }
}

export const SOCKET_IO_PATH = '/socket.io/?EIO=4&transport=websocket'

export const channelScript = ({ id, token }: Person, channelId: string): string =>
  scriptOf({
    path: SOCKET_IO_PATH,
    say: `42${JSON.stringify(['message:send', { channelId, content: contentOf(MESSAGE_BYTES) }])}`,
    steps: [
      ...['0{', `40${JSON.stringify({ userId: id, token })}`],
      ...['40{', `420${JSON.stringify(['room:join', { channelId }])}`],
      '430[{"ok":true',
    ],
  })

/** Connected, and in no channel. */
export const socketScript = ({ id, token }: Person): string =>
  scriptOf({
    ...{ path: SOCKET_IO_PATH, say: null },
    steps: ['0{', `40${JSON.stringify({ userId: id, token })}`, '40{'],
  })

/** Shows every channel of its user, and asks what it missed. */
export const resumingScript = ({ id, token }: Person, channelId: string): string =>
  scriptOf({
    ...{ path: SOCKET_IO_PATH, say: null },
    steps: [
      ...['0{', `40${JSON.stringify({ userId: id, token, inbox: true })}`],
      ...['40{', `420${JSON.stringify(['sync', { cursors: { [channelId]: 0 } }])}`],
      '430[{"ok":true',
    ],
  })

/** Says what it says to `receiver`. */
export const chatScript = ({ token }: Person, receiver?: Person): string =>
  scriptOf({
    path: `/ws?token=${token}`,
    say:
      receiver === undefined
        ? null
        : JSON.stringify({
            type: 'chat_message',
            data: { receiverId: receiver.id, content: contentOf(MESSAGE_BYTES) },
          }),
    steps: ['"online_users"'],
  })

/** As many as the server takes in one request. */
const INVITED_AT_ONCE = 100

/** A private channel of all of them, over REST; the first owns it. Answers its id. */
export const createChannel = async (url: string, people: readonly Person[]): Promise<string> => {
  const [owner, ...others] = people
  const post = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${owner!.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }
  const { channel } = (await post('/api/channels', { name: 'everybody', isPrivate: true })) as {
    channel: { id: string }
  }
  for (let from = 0; from < others.length; from += INVITED_AT_ONCE)
    await post(`/api/channels/${channel.id}/members`, {
      userIds: others.slice(from, from + INVITED_AT_ONCE).map(({ id }) => id),
    })
  return channel.id
}
