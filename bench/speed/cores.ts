import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'

/** One core for what is measured, the other for what loads it. */
export const SERVER_CORE = 0
export const LOAD_CORE = 1

/** What runs a program on these cores alone, and ends it with this process, however that ends. */
export const pinnedTo = (...cores: readonly number[]): string[] => [
  ...['setpriv', '--pdeathsig', 'SIGTERM'],
  ...['taskset', '-c', cores.join(',')],
]

/** Throws where nothing can be measured. */
export const requireCores = (): void => {
  if (cpus().length < 2) throw new Error('The bench needs two cores: one serves, the other makes the load.')
  const [program, ...args] = [...pinnedTo(0), 'true']
  if (spawnSync(program!, args).status !== 0)
    throw new Error('The bench needs taskset and setpriv (Linux): apt-get install util-linux, then again.')
}
