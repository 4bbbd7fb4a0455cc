import type { LimitName, LimitSetting, SharedCount, SharedCounts } from '@parley/core'
import type { Link } from './link.ts'
import { WIRE } from './wire.ts'

/** What a count is asked with. */
export type CountRequest = readonly [name: LimitName, subject: string, setting: LimitSetting]

/** Limits that hold over all processes of a machine. */
export class IpcCounts implements SharedCounts {
  readonly #link: Link

  constructor(link: Link) {
    this.#link = link
  }

  async count(name: LimitName, subject: string, setting: LimitSetting): Promise<SharedCount | null> {
    const request: CountRequest = [name, subject, setting]
    return this.#link.call(WIRE.count, request).catch(() => null) as Promise<SharedCount | null>
  }
}
