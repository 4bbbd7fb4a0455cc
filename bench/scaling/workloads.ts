import type { Workload } from './traffic.ts'

/** What is run on 1, 2 and 3 nodes. Rates are modest, so that nothing waits for the CPU: its use is measured, not its limit. */
export const WORKLOADS: readonly Workload[] = [
  { name: 'silence', members: null, channels: 0, perNode: 0 },
  { name: 'direct', members: null, channels: 0, perNode: 80 },
  { name: 'channels of 10', members: 10, channels: 10, perNode: 60 },
  { name: 'channels of 50', members: 50, channels: 4, perNode: 30 },
  { name: 'channels of 100', members: 100, channels: 2, perNode: 20 },
]

/** People on chat, in pairs, and people in channels, however many nodes there are. */
export const CHAT_PEOPLE = 60
export const CHANNEL_PEOPLE = 100

/** At full load: messages of one person that wait for their confirmation, and those that are sent before it is measured. */
export const OUTSTANDING = 8
export const WARM_MESSAGES = 1_000
