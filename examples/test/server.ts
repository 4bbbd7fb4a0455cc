import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '@parley/server'
import type { Running } from './server-process.ts'

/** A whole server on a free port of loopback with a database of its own. */
export const startRunning = async (): Promise<Running> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-examples-'))
  const env = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir, LOG_LEVEL: 'silent' }
  const running = await startServer(env)
  return {
    url: running.url,
    async stop() {
      await running.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
