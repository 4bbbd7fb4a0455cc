import { FakeClock } from '@parley/testkit'
import { describeBusContract, describeLeasesContract } from '@parley/testkit/bus-contract'
import { MemoryBus, MemoryLeases } from '../index.ts'

describeBusContract('memory', async () => {
  const errors: unknown[] = []
  const bus = new MemoryBus({ onError: (error) => errors.push(error) })
  return { bus, other: bus, errors, close: () => bus.close() }
})

describeLeasesContract('memory', async () => {
  const clock = new FakeClock()
  const leases = new MemoryLeases(clock)
  return { leases, other: leases, clock, close: () => leases.close() }
})
