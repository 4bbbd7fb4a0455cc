// Bundles the server's own sources into server/dist (packages from npm stay outside), and the web app into web/dist.
import { spawn } from 'node:child_process'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Our own packages become part of the bundle, everything else is loaded from node_modules. */
const ownPackagesOnly = {
  name: 'own-packages-only',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path }) =>
      path.startsWith('@parley/') ? undefined : { path, external: true },
    )
  },
}

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
    conditions: ['parley-source'],
    plugins: [ownPackagesOnly],
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
