import fc from 'fast-check'

/** Numbers pick among what is there when the action runs, so that every list of actions can be run, and shrunk. */
export type Action =
  | { readonly kind: 'send'; readonly client: number; readonly place: number; readonly count: number }
  | {
      readonly kind: 'edit' | 'delete'
      readonly client: number
      readonly place: number
      readonly pick: number
    }
  | {
      readonly kind: 'react'
      readonly client: number
      readonly place: number
      readonly pick: number
      readonly emoji: number
      readonly on: boolean
    }
  | {
      readonly kind: 'look' | 'leave' | 'mark' | 'type' | 'older' | 'discard'
      readonly client: number
      readonly place: number
    }
  | { readonly kind: 'flush'; readonly line: number; readonly isUp: boolean; readonly count: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'http'; readonly client: number; readonly pick: number; readonly isFailing: boolean }
  | { readonly kind: 'repeat' | 'swap'; readonly line: number; readonly pick: number }
  | { readonly kind: 'cut'; readonly line: number; readonly side: 'both' | 'client' | 'server' }
  | { readonly kind: 'restart'; readonly client: number; readonly isClean: boolean }
  | { readonly kind: 'server'; readonly isNewEpoch: boolean; readonly downMs: number }
  | { readonly kind: 'pass'; readonly ms: number }

const client = fc.nat(3)
const place = fc.nat(2)
const pick = fc.nat(30)
const line = fc.nat(7)

const is = <K extends string>(...kinds: readonly K[]) => fc.constantFrom(...kinds)

export const actions: fc.Arbitrary<readonly Action[]> = fc.array(
  fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({ kind: is('send'), client, place, count: fc.integer({ min: 1, max: 4 }) }),
    },
    { weight: 4, arbitrary: fc.record({ kind: is('edit', 'delete'), client, place, pick }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: is('react'), client, place, pick, emoji: fc.nat(1), on: fc.boolean() }),
    },
    {
      weight: 10,
      arbitrary: fc.record({ kind: is('look', 'leave', 'mark', 'type', 'older', 'discard'), client, place }),
    },
    {
      weight: 16,
      arbitrary: fc.record({
        kind: is('flush'),
        line,
        isUp: fc.boolean(),
        count: fc.integer({ min: 1, max: 8 }),
      }),
    },
    { weight: 5, arbitrary: fc.record({ kind: is('all') }) },
    { weight: 6, arbitrary: fc.record({ kind: is('http'), client, pick, isFailing: fc.boolean() }) },
    { weight: 6, arbitrary: fc.record({ kind: is('repeat', 'swap'), line, pick }) },
    { weight: 4, arbitrary: fc.record({ kind: is('cut'), line, side: is('both', 'client', 'server') }) },
    { weight: 2, arbitrary: fc.record({ kind: is('restart'), client, isClean: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: is('server'),
        isNewEpoch: fc.boolean(),
        downMs: fc.constantFrom(0, 3_000),
      }),
    },
    {
      weight: 10,
      arbitrary: fc.record({ kind: is('pass'), ms: fc.constantFrom(20, 120, 400, 1_200, 11_000) }),
    },
  ),
  { minLength: 10, maxLength: 90, size: 'max' },
) as fc.Arbitrary<readonly Action[]>
