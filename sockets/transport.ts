import type { FramePath } from './frame-path.ts'

/** One open WebSocket, whatever the runtime. A `Connection` is the only user of it. */
export interface Transport {
  /** Bytes accepted by `write` and not yet handed to the kernel. */
  readonly bufferedAmount: number
  /** A number that changes whenever the kernel takes bytes, also in the middle of a long write. */
  readonly progress: number
  /**
   * Sends the frames of a path in their order, in one network write where the runtime allows it. `done` is called once,
   * never before `write` returns, in the order of the writes: `true` after the last byte was handed to the kernel,
   * `false` when the connection died first. Without it the write costs less.
   */
  write(path: FramePath, done?: (ok: boolean) => void): void
  /** Calls `done` in the same way when some of what was written before was handed to the kernel. */
  whenTaken(done: (ok: boolean) => void): void
  ping(): void
  /** Starts the closing handshake behind everything written so far; gives up waiting after 5 s. */
  close(code: number, reason: string): void
  terminate(): void
  /** Stops reading from the network, so that the peer feels the pressure. */
  pause(): void
  resume(): void
}
