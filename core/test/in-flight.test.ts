import { turn } from '@parley/testkit'
import { expect, it } from 'vitest'
import { InFlight } from '../in-flight.ts'

it('ACK-4 work of one connection goes on side by side up to a limit, then its messages wait', async () => {
  const inFlight = new InFlight(2)
  const ends: (() => void)[] = []
  const work = () => new Promise<void>((resolve) => ends.push(resolve))
  expect(inFlight.track(work())).toBeUndefined()
  const order: string[] = []
  const room = inFlight.track(work())
  void Promise.resolve(room).then(() => order.push('room'))
  await turn()
  expect(order).toEqual([])
  ends[0]!()
  await turn()
  expect(order).toEqual(['room'])
  const full = inFlight.track(work())
  void Promise.resolve(full).then(() => order.push('released'))
  inFlight.release()
  await turn()
  expect(order).toEqual(['room', 'released'])
})
