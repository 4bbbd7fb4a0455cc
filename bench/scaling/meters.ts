import type { Cluster } from '@parley/testkit/cluster'
import pg from 'pg'
import { cpuTimeOf, parentOf } from './cpu-time.ts'
import type { Cpu } from './model.ts'

/** What Redis says of itself. */
export interface RedisReading {
  /** Seconds of CPU. */
  readonly cpu: number
  readonly bytesIn: number
  readonly bytesOut: number
}

/** What the nodes count. */
export interface NodeReading {
  /** Events given to the bus, come from it, and dropped as it was away. */
  readonly published: number
  readonly received: number
  readonly dropped: number
  /** Batches made durable. */
  readonly commits: number
}

/** Reads what the processes of a cluster have used since they began. */
export class Meters {
  readonly #cluster: Cluster
  readonly #client: pg.Client
  readonly #postmaster: number

  private constructor(cluster: Cluster, client: pg.Client, postmaster: number) {
    this.#cluster = cluster
    this.#client = client
    this.#postmaster = postmaster
  }

  /** Holds a connection to PostgreSQL, over which nothing passes while something is measured. */
  static async open(cluster: Cluster): Promise<Meters> {
    const client = new pg.Client({ connectionString: cluster.databaseUrl })
    client.on('error', () => {})
    await client.connect()
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
    return new Meters(cluster, client, parentOf(rows[0]!.pid))
  }

  async cpu(): Promise<Cpu> {
    const redis = (await this.redis()).cpu
    const nodes = this.#cluster.nodes.reduce((sum, node) => sum + cpuTimeOf(node.process.pid), 0)
    return { nodes, postgres: cpuTimeOf(this.#postmaster), redis }
  }

  async redis(): Promise<RedisReading> {
    const text = await this.#cluster.redis.ask('INFO', 'everything')
    const field = (name: string): number => {
      const value = new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1]
      if (value === undefined) throw new Error(`Redis does not tell ${name}`)
      return Number(value)
    }
    return {
      cpu: field('used_cpu_sys') + field('used_cpu_user'),
      bytesIn: field('total_net_input_bytes'),
      bytesOut: field('total_net_output_bytes'),
    }
  }

  /** Of all nodes together. */
  async counters(): Promise<NodeReading> {
    const texts = await Promise.all(
      this.#cluster.nodes.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()),
    )
    const count = (metric: string, result: string): number =>
      texts.reduce((sum, text) => {
        const found = new RegExp(`^${metric}\\{result="${result}"\\} (\\d+)`, 'm').exec(text)
        return sum + Number(found?.[1] ?? 0)
      }, 0)
    const events = 'parley_bus_events_total'
    return {
      published: count(events, 'published'),
      received: count(events, 'received'),
      dropped: count(events, 'dropped'),
      commits: count('parley_commits_total', 'ok'),
    }
  }

  /** What the database takes on disk, indexes included (bytes). */
  async databaseBytes(): Promise<number> {
    const { rows } = await this.#client.query<{ size: string }>(
      'select pg_database_size(current_database()) as size',
    )
    return Number(rows[0]!.size)
  }

  close(): Promise<void> {
    return this.#client.end()
  }
}

export const cpuBetween = (before: Cpu, after: Cpu): Cpu => ({
  nodes: after.nodes - before.nodes,
  postgres: after.postgres - before.postgres,
  redis: after.redis - before.redis,
})
