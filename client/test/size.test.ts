import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'

interface Check {
  readonly name: string
  readonly size: number
  readonly sizeLimit: number
}

/** As `npx size-limit` in the client's folder. It exits with 1 when something is too large, and still answers. */
const measure = async (): Promise<readonly Check[]> => {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const tool = fileURLToPath(new URL('../../node_modules/size-limit/bin.js', import.meta.url))
  const run = promisify(execFile)(process.execPath, [tool, '--json'], { cwd })
  const { stdout } = await run.catch((error: { readonly stdout: string }) => error)
  return JSON.parse(stdout) as readonly Check[]
}

describe('SDK-5 size of the client', () => {
  let checks: readonly Check[] = []
  beforeAll(async () => {
    checks = await measure()
  })
  const check = (name: string): Check => {
    const found = checks.find((one) => one.name === name)
    if (found === undefined) throw new Error(`.size-limit.cjs does not measure "${name}"`)
    return found
  }

  it('is at most 25 kB gzipped with socket.io-client', () => {
    const core = check('core with socket.io-client')
    expect(core.sizeLimit).toBe(25_000)
    expect(core.size).toBeLessThanOrEqual(25_000)
    // The connection alone is more than this: less means that nothing was bundled.
    expect(core.size).toBeGreaterThan(12_000)
  })

  it('grows by at most 5 kB with the hooks', () => {
    const { size } = check('core and hooks')
    const more = size - check('core with socket.io-client').size
    expect(more).toBeGreaterThan(0)
    expect(more).toBeLessThanOrEqual(5_000)
  })

  it('is at most 45 kB with rooms, calls and all else that comes later', () => {
    const all = check('core with everything that comes later')
    expect(all.size).toBeLessThanOrEqual(45_000)
    expect(all.size).toBeGreaterThan(check('core with socket.io-client').size)
  })
})
