import fc from 'fast-check'
import { describe, it } from 'vitest'
import { actions } from './actions.ts'
import { playThrough } from './agreement.ts'

const RUNS = Number(process.env['PARLEY_FUZZ_RUNS'] ?? 60)
const SEED = Number(process.env['PARLEY_FUZZ_SEED'] ?? 20_261_121)

describe('SDK-6 clients that lose frames and connections', () => {
  it(
    'agree with the store in the end',
    async () => {
      const property = fc.asyncProperty(actions, fc.nat(), fc.boolean(), playThrough)
      await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: false })
    },
    RUNS * 2_000,
  )
})
