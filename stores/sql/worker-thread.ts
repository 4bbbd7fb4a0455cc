import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { WorkerSettings } from './worker-protocol.ts'

/** Starts `sqlite-worker`: the bundle beside this one, or from sources by way of tsx. */
export function startThread(settings: WorkerSettings): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./sqlite-worker.js', import.meta.url), { workerData: settings, execArgv: [] })
  }
  // By its full path: `--import tsx` would look for it where the process was started.
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return new Worker(new URL('./sqlite-worker.ts', import.meta.url), {
    workerData: settings,
    execArgv: ['--import', tsx],
  })
}
