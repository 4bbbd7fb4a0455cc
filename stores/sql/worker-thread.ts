import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { WorkerSettings } from './worker-protocol.ts'

/** What is used of the bundler. */
interface Bundler {
  buildSync(options: object): { readonly outputFiles: readonly { readonly text: string }[] }
}

/** Made once: a thread does not inherit the loader of its process, and to load one in each costs some hundred ms. */
let bundle: string | undefined

/** Starts `sqlite-worker`: the bundle beside this one, or, from the sources, one that is made of them now. */
export function startThread(settings: WorkerSettings): Worker {
  const start = { workerData: settings, execArgv: [] }
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./sqlite-worker.js', import.meta.url), start)
  }
  bundle ??= bundleSources()
  return new Worker(bundle, { ...start, eval: true })
}

function bundleSources(): string {
  const { buildSync } = createRequire(import.meta.url)('esbuild') as Bundler
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('./sqlite-worker.ts', import.meta.url))],
    ...{ bundle: true, packages: 'external', write: false },
    ...{ platform: 'node', format: 'cjs', target: 'node20.19', logLevel: 'warning' },
    // A script that is no file looks for packages where the process was started.
    banner: { js: `require = require('node:module').createRequire(${JSON.stringify(import.meta.url)})` },
  })
  return outputFiles[0]!.text
}
