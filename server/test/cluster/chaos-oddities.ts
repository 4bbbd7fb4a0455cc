import { makeNetworkNamespace } from '@parley/testkit/network-namespace'
import type { StartOptions } from '@parley/testkit/server-process'
import { shiftedClock } from '@parley/testkit/shifted-clock'
import { startTcpProxy, type TcpProxy } from '@parley/testkit/tcp-proxy'

/** How two of the nodes differ: the clock of one is ahead, the network of another can be cut. */
export interface Oddities {
  readonly optionsOf: (
    index: number,
    env: { readonly DATABASE_URL: string; readonly REDIS_URL: string },
  ) => Promise<StartOptions>
  cut(): void
  heal(): void
  remove(): void
}

const AHEAD = 1
const APART = 2
const LIMITS = ['REST', 'CHAT', 'CHANNEL', 'TYPING', 'CONNECT']

/** Of three nodes the second is an hour ahead, the third in a network of its own. Needs root and faketime. */
export const makeOddities = (): Oddities => {
  const clock = shiftedClock('+1h')
  const network = makeNetworkNamespace(0)
  const proxies: TcpProxy[] = []
  /** PostgreSQL and Redis listen on loopback; this is the way there from the other network. */
  const reach = async (url: string): Promise<string> => {
    const there = new URL(url)
    const proxy = await startTcpProxy(Number(there.port), 0, network.hostAddress)
    proxies.push(proxy)
    there.hostname = network.hostAddress
    there.port = `${proxy.port}`
    return there.href
  }
  return {
    optionsOf: async (index, { DATABASE_URL, REDIS_URL }) => {
      if (index === AHEAD) return { env: clock.env }
      if (index !== APART) return {}
      const env = {
        HOST: network.address,
        DATABASE_URL: await reach(DATABASE_URL),
        REDIS_URL: await reach(REDIS_URL),
        // Beyond loopback limits cannot be off.
        LIMITS: 'on',
        ...Object.fromEntries(LIMITS.map((name) => [`LIMIT_${name}`, '1000000'])),
      }
      return { tracer: network.run, env }
    },
    cut: network.cut,
    heal: network.heal,
    remove: () => {
      for (const proxy of proxies) proxy.close()
      network.remove()
      clock.remove()
    },
  }
}
