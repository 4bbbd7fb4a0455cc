import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningServer, startServer } from '../../index.ts'
import { nodeAt, type TestNode } from './test-node.ts'

export type { TestUser } from './test-node.ts'
export { PASSWORD } from './test-node.ts'

/** A server within this process. */
export interface TestServer extends TestNode {
  readonly running: RunningServer
  stop(): Promise<void>
}

/** A whole server on a free port of loopback with a database of its own. `env` overrides its settings. */
export const startTestServer = async (env: Record<string, string> = {}): Promise<TestServer> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-test-'))
  const running = await startServer({
    PORT: '0',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    HOST: '127.0.0.1',
    ...env,
  })
  return {
    ...nodeAt(running.url),
    running,
    async stop() {
      await running.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
