import { type OwnPostgresServer, startOwnPostgres } from './postgres.ts'
import { type RedisProcess, startRedis } from './redis-process.ts'
import {
  buildOnce,
  type DataFolder,
  newDataFolder,
  type ServerProcess,
  type StartOptions,
  startProcess,
} from './server-process.ts'

/** Long enough for the settings; of no worth elsewhere. */
const JWT_SECRET = 'the nodes of one test share this secret'

/** One node of several: a process of the real server, which may be killed and started again. */
export interface ClusterNode {
  /** Of the process that runs now: each start has another port, unless it is given. */
  readonly url: string
  readonly isUp: boolean
  readonly process: ServerProcess
  /** SIGKILL. */
  kill(): Promise<void>
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>
  /** After `kill` or `stop`: a new process in its place, with these settings too. */
  start(env?: Readonly<Record<string, string>>): Promise<void>
}

/** Several real servers over one PostgreSQL and one Redis of their own, all on loopback. */
export interface Cluster {
  readonly nodes: readonly ClusterNode[]
  readonly redis: RedisProcess
  readonly postgres: OwnPostgresServer
  /** The database of the nodes. */
  readonly databaseUrl: string
  /** Ends every process and removes what they kept. */
  stop(): Promise<void>
}

/** What ties the nodes together. */
interface ClusterEnv {
  readonly DATABASE_URL: string
  readonly REDIS_URL: string
}

/** `nodes` servers with these settings. What was started is ended when one of them does not start. */
export const startCluster = async (options: {
  readonly nodes: number
  readonly env?: Readonly<Record<string, string>>
  /** What else one node gets, by its index. */
  readonly optionsOf?: (index: number, env: ClusterEnv) => StartOptions | Promise<StartOptions>
}): Promise<Cluster> => {
  buildOnce()
  const ends: (() => Promise<unknown> | unknown)[] = []
  const stop = async (): Promise<void> => {
    const results = []
    for (const end of ends.splice(0).reverse()) results.push(...(await Promise.allSettled([end()])))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
  try {
    const postgres = await startOwnPostgres()
    ends.push(() => postgres.stop())
    const redis = await startRedis()
    ends.push(() => redis.stop())
    const env = {
      DATABASE_URL: await postgres.createDatabase(),
      REDIS_URL: redis.url,
      JWT_SECRET,
      ...options.env,
    }
    const nodes: ClusterNode[] = []
    for (let index = 0; index < options.nodes; index += 1) {
      const data = newDataFolder()
      ends.push(() => data.remove())
      const own = (await options.optionsOf?.(index, env)) ?? {}
      const node = await startNode(data, { ...own, env: { ...env, ...own.env } })
      ends.push(() => node.kill())
      nodes.push(node)
    }
    return { nodes, redis, postgres, databaseUrl: env.DATABASE_URL, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const startNode = async (data: DataFolder, options: StartOptions): Promise<ClusterNode> => {
  let process = await startProcess(data.path, options)
  return {
    get url() {
      return process.url
    },
    get isUp() {
      return !process.hasExited
    },
    get process() {
      return process
    },
    kill: () => process.kill(),
    stop: () => process.stop(),
    start: async (env = {}) => {
      process = await startProcess(data.path, { ...options, env: { ...options.env, ...env } })
    },
  }
}
