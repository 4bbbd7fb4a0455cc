import type { Wire } from './script.ts'

/** A server under load, of whatever make. */
export interface Contestant {
  readonly name: string
  readonly pid: number
  readonly port: number
  readonly wire: Wire
  /** More would take too long to connect. Absent: no limit. */
  readonly mostMembers?: number
  /** What is needed for one who speaks, first, and so many who hear. */
  stage(members: number): Promise<FanOutStage>
  stop(): Promise<unknown>
}

export interface FanOutStage {
  readonly scripts: readonly string[]
  /** In each text that is a delivery, and in no other. */
  readonly marker: string
  /** Deliveries of one message: where who speaks hears it too, one more than members. */
  readonly listeners: number
}

/** Bytes of a message. */
export const MESSAGE_BYTES = 128
