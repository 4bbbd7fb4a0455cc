import type { ConnectionStatus } from '../api/connection.ts'
import { useParley } from './context.ts'
import { useObservable } from './use-observable.ts'

/** Whether the client is connected, since when, and what keeps it from that. */
export const useConnection = (): ConnectionStatus => useObservable(useParley().connection)
