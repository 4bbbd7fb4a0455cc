import { useMemo } from 'react'
import type { Call, Calls, CallView, IncomingCall } from '../api/call.ts'
import type { Observable } from '../api/observable.ts'
import { useParley } from './context.ts'
import { useObservable } from './use-observable.ts'

const NO_CALL: Observable<CallView | null> = { get: () => null, subscribe: () => () => undefined }

/** The call one is in, what it looks like now, and the calls that ring here. Others can ring only while `calls.listen` is held. */
export const useCall = (): {
  readonly current: Call | null
  readonly view: CallView | null
  readonly incoming: readonly IncomingCall[]
  readonly calls: Calls
} => {
  const { calls } = useParley()
  const current = useObservable(calls.current)
  const view = useObservable<CallView | null>(current?.view ?? NO_CALL)
  const incoming = useObservable(calls.incoming)
  return useMemo(() => ({ current, view, incoming, calls }), [current, view, incoming, calls])
}
