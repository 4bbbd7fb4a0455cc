import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'

/** One core for what is measured, the other for what loads it. */
export const SERVER_CORE = 0
export const LOAD_CORE = 1

/** What runs a program on these cores alone. */
export const pinnedTo = (...cores: readonly number[]): string[] => ['taskset', '-c', cores.join(',')]

/** Throws where nothing can be measured. */
export const requireCores = (): void => {
  if (cpus().length < 2) throw new Error('The bench needs two cores: one serves, the other makes the load.')
  if (spawnSync('taskset', ['-c', '0', 'true']).status !== 0)
    throw new Error('The bench needs taskset (Linux): apt-get install util-linux, then again.')
}
