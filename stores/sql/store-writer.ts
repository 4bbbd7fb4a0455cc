import type { WorkerMethod, WorkerMethods } from './worker-protocol.ts'

/** Where a SQLite store writes: the one writing thread, of this process or of another one of the machine. */
export interface StoreWriter {
  /** Answered in order. Rejects with a `Fault` `UNAVAILABLE` while the writer is away. */
  request<M extends WorkerMethod>(
    method: M,
    payload: WorkerMethods[M]['takes'],
  ): Promise<WorkerMethods[M]['answers']>
  /** After what was asked before is answered. Idempotent. */
  close(): Promise<void>
}
