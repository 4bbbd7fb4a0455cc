import { cpSync } from 'node:fs'
import { join } from 'node:path'
import {
  buildOnce,
  type DataFolder,
  newDataFolder,
  type ServerProcess,
  type StartOptions,
  startProcess,
} from '@parley/testkit/server-process'
import { nodeAt, type TestUser } from '../harness/test-node.ts'

/** Nodes that share nothing but accounts and the secret: which one answers is all that these tests ask. */
export interface Nodes {
  readonly ann: TestUser
  readonly bob: TestUser
  /** One more node with these accounts. */
  start(env?: StartOptions['env']): Promise<ServerProcess>
  stop(): Promise<void>
}

export const createNodes = async (env: StartOptions['env'] = {}): Promise<Nodes> => {
  buildOnce()
  const folders: DataFolder[] = [newDataFolder()]
  const original = folders[0]!.path
  const running: ServerProcess[] = []
  const first = await startProcess(original)
  const { register } = nodeAt(first.url)
  const [ann, bob] = [await register('ann'), await register('bob')]
  await first.stop()
  return {
    ann,
    bob,
    start: async (more = {}) => {
      const folder = newDataFolder()
      folders.push(folder)
      const path = join(folder.path, 'data')
      cpSync(original, path, { recursive: true })
      const node = await startProcess(path, { env: { ...env, ...more } })
      running.push(node)
      return node
    },
    stop: async () => {
      await Promise.all(running.filter(({ hasExited }) => !hasExited).map((node) => node.kill()))
      for (const folder of folders) folder.remove()
    },
  }
}

/** Open connections of a node, of these dialects. */
export const connectionsOf = async (
  node: ServerProcess,
  isCounted: (dialect: string) => boolean = () => true,
): Promise<number> => {
  const text = await (await fetch(`${node.url}/metrics`)).text()
  return [...text.matchAll(/^parley_connections\{dialect="([^"]+)"\} (\d+)$/gm)]
    .filter(([, dialect]) => isCounted(dialect!))
    .reduce((sum, [, , count]) => sum + Number(count), 0)
}
