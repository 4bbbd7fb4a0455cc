// Bundles the server into server/dist, packages from npm included: it starts twice as fast as from some thousand files; and the web
// app into web/dist.
import { spawn } from 'node:child_process'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What has a part that is no JavaScript; the last three are never there. */
const LOADED_FROM_NODE_MODULES = ['better-sqlite3', 'pg-native', 'bufferutil', 'utf-8-validate']

/** For packages that were written for CommonJS. */
const COMMONJS = `import { createRequire as parleyCreateRequire } from 'node:module'
import { dirname as parleyDirname } from 'node:path'
import { fileURLToPath as parleyFileURLToPath } from 'node:url'
const require = parleyCreateRequire(import.meta.url)
const __filename = parleyFileURLToPath(import.meta.url)
const __dirname = parleyDirname(__filename)
`

export const buildServer = async (root) => {
  const esbuild = await import('esbuild')
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: {
      main: 'server/main.ts',
      'sqlite-worker': 'stores/sql/sqlite-worker.ts',
    },
    outdir: join(root, 'server', 'dist'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: true,
    sourcesContent: false,
    conditions: ['parley-source'],
    external: LOADED_FROM_NODE_MODULES,
    banner: { js: COMMONJS },
    logLevel: 'warning',
  })
}

/** A process of its own: what Vite loads would otherwise stay in the memory of the server that follows. */
const runVite = (root, outDir) =>
  new Promise((resolve, reject) => {
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
    const config = join(root, 'web', 'vite.config.ts')
    const child = spawn(
      process.execPath,
      [vite, 'build', '--config', config, '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'],
      { cwd: root, stdio: ['ignore', process.stderr, process.stderr] },
    )
    child.once('error', reject)
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error('the web app could not be built')),
    )
  })

/** Puts a whole build in the place of the last one: a server that starts meanwhile never finds half of each. */
export const buildWeb = async (root) => {
  const [fresh, old] = ['new', 'old'].map((name) => join(root, '.cache', `web-${name}-${process.pid}`))
  const dist = join(root, 'web', 'dist')
  try {
    await runVite(root, fresh)
    if (existsSync(dist)) renameSync(dist, old)
    renameSync(fresh, dist)
  } finally {
    for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)))
  await Promise.all([buildServer(root), buildWeb(root)])
}
