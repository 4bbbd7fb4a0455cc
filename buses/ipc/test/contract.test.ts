import { describeBusContract, describeLeasesContract } from '@parley/testkit/bus-contract'
import { IpcBus, IpcLeases } from '../index.ts'
import { Machine } from './machine.ts'

describeBusContract('ipc', async () => {
  const machine = new Machine()
  const open = async () => {
    const { link } = await machine.join()
    return new IpcBus({ link, onError: (error) => machine.errors.push(error) })
  }
  const [bus, other] = [await open(), await open()]
  return { bus, other, errors: machine.errors, close: () => machine.close() }
})

describeLeasesContract('ipc', async () => {
  const machine = new Machine()
  const open = async () => {
    const leases = new IpcLeases((await machine.join()).link)
    // A process that asked for anything hears of all that changes from then on.
    await leases.count('presence')
    return leases
  }
  const [leases, other] = [await open(), await open()]
  return { leases, other, clock: machine, close: () => machine.close() }
})
