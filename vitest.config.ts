import { defineConfig } from 'vitest/config'
import { LongFilesFirst } from './scripts/test-order.ts'

const SOURCES = {
  resolve: { conditions: ['parley-source'] },
  ssr: { resolve: { conditions: ['parley-source'] } },
}
const COMMON = { environment: 'node', pool: 'forks', testTimeout: 120_000, hookTimeout: 120_000 } as const
const IGNORED = ['**/node_modules/**', '**/dist/**']

/** What changes or measures the process it runs in: globals of a browser, memory, the event loop. */
const ALONE = [
  '**/test/**/*.test.tsx',
  'web/**/test/**/*.test.ts',
  'bench/**/test/**/*.test.ts',
  'client/test/core/attention.test.ts',
  'client/test/storage/*.test.ts',
  'core/text/test/bombs.test.ts',
  'server/test/abuse/flood.test.ts',
  'server/test/log.test.ts',
  'server/test/presence/storm.test.ts',
  'server/test/protocols/peerjs-client.test.ts',
  'server/test/protocols/printed-003.test.ts',
  'sockets/test/connection-outbound.test.ts',
]

export default defineConfig({
  test: {
    maxWorkers: 2,
    sequence: { sequencer: LongFilesFirst },
    projects: [
      // One file after the other in the same process: to load what they import takes longer than most of them run.
      {
        ...SOURCES,
        test: {
          ...COMMON,
          name: 'shared',
          include: ['**/test/**/*.test.ts'],
          exclude: [...IGNORED, ...ALONE],
          isolate: false,
        },
      },
      { ...SOURCES, test: { ...COMMON, name: 'alone', include: ALONE, exclude: IGNORED } },
    ],
  },
})
