// Bundles the server's own sources into server/dist; packages from npm stay outside.
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildServer(dirname(dirname(fileURLToPath(import.meta.url))))
}
