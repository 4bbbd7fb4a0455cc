import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { Settings } from '../../config/settings.ts'
import { readConfig } from '../../config.ts'

/** Files of `deploy/` that no test can run: what of them could go stale unseen. */

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const compose = read('deploy/compose.yaml')
const kubernetes = ['parley', 'secret.example']
  .map((name) => read(`deploy/kubernetes/${name}.yaml`))
  .join('\n')
const unit = read('deploy/parley.service')
const dockerfile = read('deploy/Dockerfile')

/** `NAME: value` and `NAME=value`. */
const namesIn = (text: string): string[] =>
  [...text.matchAll(/(?<=[\s{])([A-Z]+_[A-Z_]+|PORT|HOST)[:=](?! *\d*:)/g)].map((match) => match[1]!)

const numberIn = (text: string, pattern: RegExp): number => {
  const found = pattern.exec(text)?.[1]
  if (found === undefined) throw new Error(`nothing matches ${pattern}`)
  return Number(found)
}

it('DEPLOY-10 every setting in the files is one of the server', () => {
  const others = /^(?:POSTGRES_\w+|VALKEY_PASSWORD|REDISCLI_AUTH|NODE_ENV)$/
  for (const [text, some] of [
    [compose, ['JWT_SECRET', 'TRUST_PROXY', 'DRAIN_DELAY']],
    [kubernetes, ['JWT_SECRET', 'TRUST_PROXY', 'DRAIN_DELAY', 'DATABASE_URL']],
    [dockerfile, ['HOST', 'PORT', 'DATA_DIR']],
    [unit, ['DATA_DIR']],
  ] as const) {
    const names = namesIn(text)
    expect(names).toEqual(expect.arrayContaining([...some]))
    expect(names.filter((name) => !(name in Settings.shape) && !others.test(name))).toEqual([])
  }
})

it('DEPLOY-10 whoever ends a node waits for longer than its SHUTDOWN_TIMEOUT, which the server would take', () => {
  for (const [text, wait] of [
    [compose, 1_000 * numberIn(compose, /stop_grace_period: (\d+)s\n {2}networks/)],
    [
      kubernetes,
      1_000 *
        (numberIn(kubernetes, /terminationGracePeriodSeconds: (\d+)/) -
          numberIn(kubernetes, /\["sleep", "(\d+)"\]/)),
    ],
  ] as const) {
    const [DRAIN_DELAY, SHUTDOWN_TIMEOUT, TRUST_PROXY] = [
      'DRAIN_DELAY',
      'SHUTDOWN_TIMEOUT',
      'TRUST_PROXY',
    ].map((name) => new RegExp(`${name}: "?([^"\\s]+)`).exec(text)![1]!)
    const config = readConfig({ DRAIN_DELAY, SHUTDOWN_TIMEOUT, TRUST_PROXY })
    expect(wait).toBeGreaterThan(config.shutdownTimeout)
  }
  expect(1_000 * numberIn(unit, /TimeoutStopSec=(\d+)s/)).toBeGreaterThan(readConfig({}).shutdownTimeout)
})

it('DEPLOY-11 the image is built from every workspace, and from nothing that may hold secrets', () => {
  const lines = read('.dockerignore').split('\n')
  const isIn = (path: string): boolean => lines.includes(`!${path}`)
  const { workspaces } = JSON.parse(read('package.json')) as { workspaces: readonly string[] }
  for (const workspace of workspaces) {
    const folder = workspace.replace(/\/\*$/, '')
    expect([folder, isIn(folder) || isIn(`${folder}/package.json`)]).toEqual([folder, true])
  }
  expect([lines.find((line) => !line.startsWith('#')), isIn('deploy'), isIn('data')]).toEqual([
    '*',
    false,
    false,
  ])
  for (const [, , path] of dockerfile.matchAll(/^COPY (--from=\S+ )?(\S+)/gm)) {
    if (path!.startsWith('/')) continue
    expect([path, existsSync(new URL(`../../../${path}`, import.meta.url))]).toEqual([path, true])
  }
  const [, last = ''] = dockerfile.split('# ── The image')
  expect(last).toMatch(/^USER 1000:1000$/m)
  expect(dockerfile).not.toMatch(/SECRET|PASSWORD|TOKEN/)
})
