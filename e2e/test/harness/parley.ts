import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '@parley/server'

export interface Parley {
  /** `http://127.0.0.1:PORT`: a secure context to a browser. */
  readonly url: string
  stop(): Promise<void>
}

/** A whole server on a free port of loopback with a database of its own. */
export const startParley = async (env: Readonly<Record<string, string>> = {}): Promise<Parley> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-e2e-'))
  const running = await startServer({
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    ...env,
  })
  return {
    url: running.url,
    async stop() {
      await running.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
