import { readFileSync } from 'node:fs'

/** Seconds for which a process's main thread was ready to run, and other programs had its core. */
export const coreWaitOf = (pid: number): number => {
  const [, waited] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')
  return Number(waited) / 1e9
}
