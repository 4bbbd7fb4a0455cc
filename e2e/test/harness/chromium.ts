import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { requireTool } from '@parley/testkit/system-tool'
import { chromium } from 'playwright-core'

type Environment = Readonly<Record<string, string | undefined>>

/** The first is the same browser without what a desktop needs: the tests take about two thirds of the time in it. */
const NAMES = [
  ...['chromium-headless-shell', 'chromium', 'chromium-browser'],
  ...['google-chrome-stable', 'google-chrome'],
]
/** Debian's packages and the commands in them, the preferred one first. */
const PACKAGES = ['chromium-headless-shell', 'chromium']
const PROBE = ['--version']
const HOW_TO_GET =
  'The browser tests need Chromium: apt-get install chromium-headless-shell (or chromium; Debian, as root), or set CHROME to the path of one, then again.'

/**
 * The path of a Chromium that starts: the one that `CHROME` names, else what this machine has under its usual names or in
 * Playwright's own folder. Throws an error of one line when there is none.
 */
export const findChromium = (env: Environment = process.env): string => {
  const chosen = env['CHROME'] ?? env['PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH']
  // Somebody who names a browser wants that one and no other.
  const candidates = chosen === undefined ? [...onPath(env), chromium.executablePath()] : [chosen]
  const found = candidates.find((path) => existsSync(path) && spawnSync(path, PROBE).status === 0)
  if (found === undefined) throw new Error(HOW_TO_GET)
  return found
}

/** Finds a Chromium, or installs one where that is possible (Debian, as root). Throws like `findChromium`. */
export const ensureChromium = (): string => {
  try {
    return findChromium()
  } catch {
    PACKAGES.some(install)
    return findChromium()
  }
}

/** False: the error is told by whoever finds none, with all the ways to get one. */
const install = (name: string): boolean => {
  try {
    requireTool({ command: name, probe: PROBE, package: name })
    return true
  } catch {
    return false
  }
}

const onPath = (env: Environment): readonly string[] =>
  NAMES.flatMap((name) => (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name)))
