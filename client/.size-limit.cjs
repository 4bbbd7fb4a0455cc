/** What is imported only when it is first used (rooms, calls, REST) is no part of what a page has to load. */
const leaveOutLazy = {
  name: 'leave-out-lazy',
  setup(build) {
    build.onResolve({ filter: /./ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
  },
}

const source = (config) => ({ ...config, conditions: ['parley-source'] })
const eager = (config) => ({ ...source(config), plugins: [...(config.plugins ?? []), leaveOutLazy] })
const core = { path: 'index.ts', import: '{ createParley }', gzip: true }

module.exports = [
  { name: 'core with socket.io-client', ...core, limit: '25 kB', modifyEsbuildConfig: eager },
  {
    name: 'core and hooks',
    path: 'react/index.ts',
    import: '*',
    ignore: ['react'],
    gzip: true,
    limit: '30 kB',
    modifyEsbuildConfig: eager,
  },
  { name: 'core with everything that comes later', ...core, limit: '45 kB', modifyEsbuildConfig: source },
]
