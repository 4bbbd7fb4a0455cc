import { execFileSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { isAlive } from './is-alive.ts'
import { FAKETIME, requireTool } from './system-tool.ts'

/** Where libfaketime keeps a file and a semaphore of each process, by its id, which a process that is killed leaves. */
const SHARED_MEMORY = '/dev/shm'
const LEFT = /^(?:sem\.)?faketime_(?:sem|shm)_(\d+)$/

/** A wall clock that is ahead or behind; the monotonic one is right. Needs faketime. */
export interface ShiftedClock {
  /** To be given to a program. Not the `faketime` command itself: that is one more process, and a signal ends only it. */
  readonly env: Readonly<Record<string, string>>
  /** After the processes that had it. */
  remove(): void
}

/** `offset`: `+1h`, `-30s`. */
export const shiftedClock = (offset: string): ShiftedClock => {
  requireTool(FAKETIME)
  const given = execFileSync(FAKETIME.command, ['--exclude-monotonic', '-f', offset, 'env'], {
    encoding: 'utf8',
  })
  const wanted = /^(LD_PRELOAD|FAKETIME|FAKETIME_DONT_FAKE_MONOTONIC|DONT_FAKE_MONOTONIC)=(.*)$/gm
  const env = Object.fromEntries([...given.matchAll(wanted)].map(([, name, value]) => [name!, value!]))
  return { env, remove: removeLeft }
}

const removeLeft = (): void => {
  for (const name of readdirSync(SHARED_MEMORY)) {
    const pid = LEFT.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(`${SHARED_MEMORY}/${name}`, { force: true })
  }
}
