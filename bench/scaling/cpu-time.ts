import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks of Linux in a second. */
const TICKS = 100

interface Stat {
  readonly pid: number
  readonly parent: number
  /** Seconds of CPU of the process, all threads. */
  readonly own: number
  /** The same of its children that ended. */
  readonly ended: number
}

/** Null: it is gone. */
const statOf = (pid: number): Stat | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name before it may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const at = (index: number): number => Number(fields[index])
    return { pid, parent: at(1), own: (at(11) + at(12)) / TICKS, ended: (at(13) + at(14)) / TICKS }
  } catch {
    return null
  }
}

/** The process and everything below it. */
const treeOf = (root: number): Stat[] => {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
  const tree = all.filter(({ pid }) => pid === root)
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid))
  return tree
}

/** Seconds of CPU (user and system) that a process and its descendants have used, those that ended included. */
export const cpuTimeOf = (root: number): number =>
  treeOf(root).reduce((sum, { own, ended }) => sum + own + ended, 0)

/** The same of one process alone. */
export const ownCpuTimeOf = (pid: number): number => statOf(pid)?.own ?? 0

export const parentOf = (pid: number): number => {
  const stat = statOf(pid)
  if (stat === null) throw new Error(`process ${pid} is gone`)
  return stat.parent
}

/** Memory of one process that is in RAM (bytes). */
export const residentBytesOf = (pid: number): number => {
  const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  if (line === undefined) throw new Error(`process ${pid} has no memory`)
  return Number(line) * 1_024
}
