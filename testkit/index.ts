export { FakeClock, turn } from './fake-clock.ts'
export type { FinalState, HistoryEvent, StoredMessage, Violation } from './history-checker.ts'
export { checkHistory } from './history-checker.ts'
export { RawClient, type RawFrame } from './raw-client.ts'
