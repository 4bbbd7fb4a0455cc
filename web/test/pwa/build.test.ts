import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readShell } from '../../build/service-worker.ts'

const folder = mkdtempSync(join(tmpdir(), 'parley-shell-'))
mkdirSync(join(folder, 'assets'))
const write = (path: string, text = path) => writeFileSync(join(folder, path), text)
for (const path of ['index.html', 'sw.js', 'icon.svg', 'assets/a.js', 'assets/a.js.map', 'assets/a.js.br'])
  write(path)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('PWA-5 the list has what the build made, without maps, compressed copies and the worker', () => {
  expect(readShell(folder).files).toEqual(['/assets/a.js', '/icon.svg', '/'])
})

it('PWA-5 the version changes with what is in a file, and with nothing else', () => {
  const { version } = readShell(folder)
  write('assets/a.js.map', 'another map')
  expect(readShell(folder).version).toBe(version)
  write('index.html', 'index.htmL')
  expect(readShell(folder).version).not.toBe(version)
})

it('PWA-5 an app too large to be kept is not built', () => {
  write('assets/large.js')
  truncateSync(join(folder, 'assets', 'large.js'), 7 * 1024 * 1024)
  expect(() => readShell(folder)).toThrow(/at most/)
})
