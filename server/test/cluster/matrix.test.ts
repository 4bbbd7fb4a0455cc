import { type Cluster, startCluster } from '@parley/testkit/cluster'
import { afterAll, beforeAll, describe } from 'vitest'
import { nodeAt, type TestNode } from '../harness/test-node.ts'
import { describeMatrix } from '../protocols/suite-matrix.ts'
import { describeSocketIoMatrix } from '../protocols/suite-matrix-socket-io.ts'

/** Every dialect to every dialect, over two real nodes with a real PostgreSQL and Redis. */

let cluster: Cluster
let nodes: readonly TestNode[]

beforeAll(async () => {
  cluster = await startCluster({ nodes: 2 })
  nodes = cluster.nodes.map(({ url }) => nodeAt(url))
})
afterAll(() => cluster.stop())

describe.each([
  ['the same node', 0],
  ['another node', 1],
] as const)('NODE-10 from one node to %s', (_title, index) => {
  const places = () => ({ here: nodes[0]!, there: nodes[index]! })
  describeMatrix(places)
  describeSocketIoMatrix(places)
})
