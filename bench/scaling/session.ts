import { type Cluster, startCluster } from '@parley/testkit/cluster'
import type { ChannelClient, Client } from './generator-orders.ts'
import { LoadGenerator } from './load-generator.ts'
import { Meters } from './meters.ts'
import { addPeople, JWT_SECRET, type Person } from './people.ts'
import { withRunning } from './running.ts'

/** A cluster, its meters and its clients. */
export interface Session {
  readonly cluster: Cluster
  readonly meters: Meters
  readonly generator: LoadGenerator
  people(count: number): Promise<Person[]>
}

export const withGenerator = <R>(work: (generator: LoadGenerator) => Promise<R>): Promise<R> =>
  withRunning(async () => {
    const value = new LoadGenerator()
    return { value, stop: () => value.stop() }
  }, work)

/** So many nodes over one PostgreSQL and one Redis, for as long as `work` takes. */
export const withSession = <R>(nodes: number, work: (session: Session) => Promise<R>): Promise<R> =>
  withRunning(
    async () => {
      const cluster = await startCluster({ nodes, env: { JWT_SECRET } })
      return { value: cluster, stop: () => cluster.stop() }
    },
    (cluster) =>
      withGenerator(async (generator) => {
        const meters = await Meters.open(cluster)
        try {
          const people = (count: number) => addPeople(cluster.databaseUrl, count)
          return await work({ cluster, meters, generator, people })
        } finally {
          await meters.close().catch(() => {})
        }
      }),
  )

export const clientAt = (url: string, { id, token }: Person): Client => ({ url, userId: id, token })

/** A channel over REST; its first member owns it. Answers its id. */
export const createChannel = async (
  url: string,
  name: string,
  members: readonly Person[],
): Promise<string> => {
  const [owner, ...others] = members
  const post = async (path: string, body: object): Promise<{ channel?: { id: string } }> => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${owner!.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as { channel?: { id: string } }
  }
  const { channel } = await post('/api/channels', { name, isPrivate: true })
  if (channel === undefined) throw new Error('no channel was made')
  await post(`/api/channels/${channel.id}/members`, { userIds: others.map(({ id }) => id) })
  return channel.id
}

/** Clients of channels, each with those that it is in. */
export const channelClientsOf = (
  clients: readonly Client[],
  channels: readonly { readonly id: string; readonly members: readonly number[] }[],
): ChannelClient[] =>
  clients.map((client, person) => ({
    ...client,
    channelIds: channels.filter(({ members }) => members.includes(person)).map(({ id }) => id),
  }))
