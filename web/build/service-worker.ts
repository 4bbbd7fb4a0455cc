import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'
import type { Shell } from '../src/pwa/shell-cache.ts'
import { filesUnder } from './files-under.ts'

/** What a phone is asked to keep before anybody wrote a word (bytes). */
const MAX_BYTES = 6 * 1024 * 1024
const LEFT_OUT = /\.(?:map|br|gz)$|^sw\.js$/

/** Builds the service worker after all else, with the list of what the build made. */
export const serviceWorker = (): Plugin => ({
  name: 'parley-service-worker',
  apply: 'build',
  writeBundle: {
    order: 'post',
    sequential: true,
    async handler({ dir }) {
      if (dir === undefined) return
      await buildWorker(dir, readShell(dir))
    },
  },
})

/** Throws when the app has grown beyond what is fair to keep. */
export const readShell = (folder: string): Shell => {
  const paths = filesUnder(folder).filter((path) => !LEFT_OUT.test(path))
  const hash = createHash('sha256')
  let bytes = 0
  for (const path of paths) {
    const body = readFileSync(join(folder, path))
    bytes += body.byteLength
    hash.update(`${path}\n${body.byteLength}\n`).update(body)
  }
  if (bytes > MAX_BYTES)
    throw new Error(`the web app has ${bytes} bytes; at most ${MAX_BYTES} are kept offline`)
  return {
    version: hash.digest('hex').slice(0, 16),
    files: paths.map((path) => (path === 'index.html' ? '/' : `/${path}`)),
  }
}

const buildWorker = (folder: string, shell: Shell) =>
  build({
    configFile: false,
    root: join(import.meta.dirname, '..'),
    publicDir: false,
    logLevel: 'warn',
    define: { PARLEY_SHELL: JSON.stringify(shell) },
    build: {
      outDir: folder,
      emptyOutDir: false,
      modulePreload: false,
      rolldownOptions: {
        input: join(import.meta.dirname, '..', 'src', 'pwa', 'worker.ts'),
        output: { entryFileNames: 'sw.js', format: 'iife' },
      },
    },
  })
