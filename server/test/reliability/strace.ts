/** One system call. `began` and `ended` are places in the order of all events of the trace. */
export interface SystemCall {
  readonly name: string
  /** Arguments and result as strace prints them. */
  readonly text: string
  readonly began: number
  readonly ended: number
  /** What it returned; null when it never did. */
  readonly result: number | null
}

const LINE = /^(\d+) +(.*)$/
const UNFINISHED = /^(\w+)\((.*) <unfinished \.\.\.>$/
const RESUMED = /^<\.\.\. (\w+) resumed>(.*)$/
const WHOLE = /^(\w+)\((.*)$/
const RESULT = /\) += (-?\d+)[^)]*$/

/** Reads what `strace -f -o` wrote. A call that others interrupt is two lines: here it is one again. */
export const readTrace = (trace: string): readonly SystemCall[] => {
  const calls: SystemCall[] = []
  const open = new Map<string, { name: string; text: string; began: number }>()
  for (const [place, line] of trace.split('\n').entries()) {
    const [, thread, what] = LINE.exec(line) ?? []
    if (thread === undefined || what === undefined) continue
    const begun = UNFINISHED.exec(what)
    if (begun !== null) {
      open.set(thread, { name: begun[1]!, text: begun[2]!, began: place })
      continue
    }
    const resumed = RESUMED.exec(what)
    const whole = WHOLE.exec(what)
    if (resumed !== null) {
      const { name, text, began } = open.get(thread) ?? { name: resumed[1]!, text: '', began: place }
      open.delete(thread)
      calls.push({ name, began, ended: place, text: text + resumed[2]!, result: resultOf(resumed[2]!) })
    } else if (whole !== null) {
      calls.push({
        name: whole[1]!,
        began: place,
        ended: place,
        text: whole[2]!,
        result: resultOf(whole[2]!),
      })
    }
  }
  return calls.sort((one, other) => one.began - other.began)
}

const resultOf = (text: string): number | null => {
  const result = RESULT.exec(text)?.[1]
  return result === undefined ? null : Number(result)
}
