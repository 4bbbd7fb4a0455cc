import { type Assumptions, type Measured, type Plan, planFor } from './plan.ts'
import type { Results } from './results.ts'

const number = (value: number): string => {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3
  return value.toLocaleString('en-US', { maximumFractionDigits: digits })
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

/** Powers of 1,000. */
const bytes = (value: number): string => {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)))
  return `${number(value / 1_000 ** power)} ${UNITS[power]}`
}

/** What a run of the bench says for plans. */
export const measuredOf = ({ model, observations, connections }: Results): Measured => {
  const onOneNode = (name: string): Results['observations'][number] => {
    const found = observations.find(({ nodes, workload }) => nodes === 1 && workload === name)
    if (found === undefined) throw new Error(`the results have no ${name} on one node`)
    return found
  }
  const [modest, full] = [onOneNode('direct'), onOneNode('full load')]
  const perCommit = ({ traffic, commits }: typeof modest): number =>
    (traffic.messages + traffic.receipts) / commits
  return {
    ...{ model, connections },
    perCommit: { modest: perCommit(modest), full: perCommit(full) },
    bytesPerMessage: (full.storedBytes ?? 0) / full.traffic.messages,
    bytesPerEvent: modest.redisBytes.in / modest.counted.published,
  }
}

/** The plan with its assumptions and the steps between, for people. */
export const planText = (assumptions: Assumptions, results: Results): string => {
  const measured = measuredOf(results)
  const dear = planFor(assumptions, measured, measured.perCommit.modest)
  const cheap = planFor(assumptions, measured, measured.perCommit.full)
  const { demand } = dear
  const both = (of: (plan: Plan) => string): string => {
    const [most, least] = [of(dear), of(cheap)]
    return most === least ? most : `${least} to ${most}`
  }
  return [
    `Assumed: ${Object.entries(assumptions)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ')}`,
    '',
    `At the peak, a second: ${number(demand.messages)} messages, ${number(demand.deliveries)} deliveries, ${number(demand.receipts)} receipts,`,
    `  ${number(demand.published)} events published, ${number(demand.received)} received, ${number(demand.comings)} people who come or go`,
    `Connections:  ${number(demand.connections)} of ${number(demand.onlineUsers)} users`,
    '',
    `With ${number(measured.perCommit.full)} operations in a commit, as under full load, to ${number(measured.perCommit.modest)}, as at a modest rate:`,
    `Cells:        ${both(({ cells }) => number(cells))}, each with a PostgreSQL and a Redis`,
    `Nodes:        ${both(({ nodes }) => number(nodes))}, of one core; ${both(({ nodesPerCell }) => number(nodesPerCell))} a cell`,
    `  of a core:  ${both(({ nodeCores }) => number(nodeCores.traffic))} traffic, ${both(({ nodeCores }) => number(nodeCores.connections))} connections, ${both(({ nodeCores }) => number(nodeCores.broadcast))} what every node hears`,
    `  memory:     ${both(({ memoryPerNode }) => bytes(memoryPerNode))} for connections, above that of an empty node`,
    `Redis:        ${both(({ redisCoresPerCell }) => number(redisCoresPerCell))} of one core a cell; ${both(({ overRedis }) => bytes(overRedis))} a second in all`,
    `PostgreSQL:   ${both(({ postgresCores }) => number(postgresCores))} cores in all; servers of ${assumptions.postgresCores} cores, one a cell at least: ${both(({ postgresServers }) => number(postgresServers))}`,
    `Store:        ${bytes(dear.storedPerDay)} a day, ${bytes(dear.storedBytes)} after ${assumptions.years === 1 ? 'a year' : `${assumptions.years} years`} in ${assumptions.copies} copies`,
    `To clients:   ${bytes(dear.toClients)} a second`,
  ].join('\n')
}
