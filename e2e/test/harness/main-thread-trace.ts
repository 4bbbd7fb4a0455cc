import type { Page } from 'playwright-core'

/** What the main thread of a page did. */
export interface MainThreadWork {
  readonly tasks: number
  /** Work of the longest task (ms of processor time). */
  readonly longest: number
  /** The same by the clock: also what other programs took of the processor meanwhile. */
  readonly longestByClock: number
}

export interface MainThreadTrace {
  stop(): Promise<MainThreadWork>
}

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** Microseconds. */
  readonly dur?: number
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

const workOf = (json: string): MainThreadWork => {
  const { traceEvents } = JSON.parse(json) as { readonly traceEvents: readonly TraceEvent[] }
  const placeOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`
  const isMain = ({ name, args }: TraceEvent): boolean =>
    name === 'thread_name' && args?.name === 'CrRendererMain'
  const mains = new Set(traceEvents.filter(isMain).map(placeOf))
  const tasks = traceEvents.filter(
    (event) => event.ph === 'X' && event.name.endsWith('RunTask') && mains.has(placeOf(event)),
  )
  const most = (of: (event: TraceEvent) => number) =>
    tasks.reduce((max, event) => Math.max(max, of(event)), 0) / 1_000
  return {
    tasks: tasks.length,
    longest: most(({ tdur = 0 }) => tdur),
    longestByClock: most(({ dur = 0 }) => dur),
  }
}

/**
 * Traces what the renderer does. Tasks are told by the processor time they took, as the time by the clock says more of
 * what else runs on the machine of the test. One trace at a time.
 */
export const startMainThreadTrace = async (page: Page): Promise<MainThreadTrace> => {
  const browser = page.context().browser()
  if (browser === null) throw new Error('There is no browser to trace.')
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] })
  return {
    async stop() {
      const trace = await browser.stopTracing()
      return workOf(trace.toString('utf8'))
    },
  }
}
