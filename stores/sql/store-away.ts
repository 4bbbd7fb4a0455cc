import { Fault } from '@parley/model'

/** What every call of a store fails with that is out of reach. */
export const storeAway = (cause?: unknown): Fault =>
  new Fault('UNAVAILABLE', 'The message store is not available. Try again in a moment.', {
    retryAfterMs: 1_000,
    cause,
  })
