import { describe, expect, it } from 'vitest'
import { parseArguments, USAGE, WORKLOADS } from '../arguments.ts'

describe('the arguments of the bench', () => {
  it('BENCH-1 name a workload; peers, sizes, time and runs have defaults', () => {
    for (const workload of WORKLOADS) {
      const given = parseArguments([workload])
      expect(given).toEqual({
        workload,
        peers: ['c', 'ws', 'socketio', 'nats', 'bun', 'naive'],
        members: [10, 200, 1_000],
        seconds: 1,
        runs: 5,
      })
    }
  })

  it('BENCH-1 choose peers, one by one or none, sizes, time and runs', () => {
    const given = parseArguments(
      'fanout --peer c --peer ejabberd --members 5,50 --seconds 0.5 --runs 2'.split(' '),
    )
    expect(given).toEqual({
      ...{ workload: 'fanout', peers: ['c', 'ejabberd'], members: [5, 50], seconds: 0.5, runs: 2 },
    })
    expect(parseArguments(['idle', '--peer', 'none']).peers).toEqual([])
  })

  it('BENCH-1 that nobody can mean are refused with how it is used', () => {
    const wrong = [
      ...['', 'speed', 'fanout --peer mongo', 'fanout --peer', 'fanout --members 0', 'fanout --members'],
      ...['fanout --seconds long', 'fanout --runs 51', 'fanout --fast', 'fanout c'],
    ]
    for (const line of wrong)
      expect(() => parseArguments(line.split(' ').filter((word) => word !== '')), line).toThrow(USAGE)
  })
})
