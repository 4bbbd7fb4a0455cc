import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { WorkerSettings } from './worker-protocol.ts'

/** Starts `sqlite-worker`: the bundle beside this one, or from sources by way of tsx. */
export function startThread(settings: WorkerSettings): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./sqlite-worker.js', import.meta.url), { workerData: settings, execArgv: [] })
  }
  // A thread does not inherit the loader, and Node 20 ignores `--import` of one here: it is registered first.
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx'))
  const tsx = new URL('./esm/api/index.mjs', loader).href
  const entry = new URL('./sqlite-worker.ts', import.meta.url).href
  const load = `import('${tsx}').then(({ register }) => { register(); return import('${entry}') })`
  return new Worker(load, { eval: true, workerData: settings, execArgv: [] })
}
