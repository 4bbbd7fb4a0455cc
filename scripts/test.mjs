// Every check, in one run: types, lint, unused code, then the tests. Stops at the first that fails.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './prepare.mjs'

const steps = [
  ['types', ['tsc', '--noEmit', '-p', 'tsconfig.json']],
  ['types of what runs in a browser', ['tsc', '--noEmit', '-p', 'tsconfig.dom.json']],
  ['lint', ['biome', 'check', '--error-on-warnings', '.']],
  ['unused code', ['knip']],
  // Any other tool is found or installed by the one test that needs it; the browser several need at the same time.
  ['browser', ['tsx', '--conditions=parley-source', 'e2e/test/harness/get-chromium.ts']],
  ['tests', ['vitest', 'run', ...process.argv.slice(2)]],
]

for (const [name, [tool, ...args]] of steps) {
  const began = Date.now()
  process.stdout.write(`\n— ${name}\n`)
  const result = spawnSync(join(root, 'node_modules', '.bin', tool), args, { cwd: root, stdio: 'inherit' })
  if (result.status !== 0) {
    process.stdout.write(`— ${name} failed\n`)
    process.exit(result.status ?? 1)
  }
  process.stdout.write(`— ${name} passed in ${((Date.now() - began) / 1000).toFixed(1)} s\n`)
}
