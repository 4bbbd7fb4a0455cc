import { Fault } from '@parley/model'

const ATTEMPTS = 5

/**
 * Decides and acts again while what was decided on changed before it was stored (`CONFLICT`). Somebody's change got through
 * each time, so that a few attempts are enough; after them the fault is the caller's.
 */
export const untilFresh = async <T>(attempt: () => Promise<T>): Promise<T> => {
  for (let left = ATTEMPTS; ; left -= 1) {
    try {
      return await attempt()
    } catch (error) {
      if (left <= 1 || !(error instanceof Fault) || error.code !== 'CONFLICT') throw error
    }
  }
}
