import { FakeClock } from '@parley/testkit'
import { describe, expect, it } from 'vitest'
import { ConnectionLog, endReasonOf, MAX_ENDED, MAX_ENDED_PER_USER } from '../connection-log.ts'

const open = (log: ConnectionLog, id: string, userId = 'ann', dialect = 'chat') =>
  log.opened({ id, dialect, userId })

describe('connection log', () => {
  it('LEDGER-4 a connection is told with its dialect, when it opened, when it ended and why', async () => {
    const clock = new FakeClock(1_000)
    const log = new ConnectionLog(clock)
    open(log, 'a')
    await clock.advance(5)
    open(log, 'b', 'ann', 'channels')
    open(log, 'c', 'bob')
    await clock.advance(5)
    log.closed('a', 'lost')
    log.closed('a', 'client')
    log.closed('never opened', 'client')
    expect(log.since).toBe(1_000)
    expect(log.of('ann')).toEqual([
      { id: 'a', dialect: 'chat', userId: 'ann', openedAt: 1_000, closedAt: 1_010, reason: 'lost' },
      { id: 'b', dialect: 'channels', userId: 'ann', openedAt: 1_005, closedAt: null, reason: null },
    ])
    expect(log.of('nobody')).toEqual([])
  })

  it('LEDGER-4 the reason is that of the first end; once the server goes, it is that', () => {
    const log = new ConnectionLog(new FakeClock())
    open(log, 'a')
    log.closed('a', 'slow')
    log.closed('a', 'session-ended')
    open(log, 'b')
    log.shutdown()
    log.closed('b', 'client')
    expect(log.of('ann').map(({ reason }) => reason)).toEqual(['slow', 'shutdown'])
  })

  it('LEDGER-4 a close code tells why', () => {
    const codes = [1000, 1001, 1005, 1006, 1008, 1013, 4002, 4005, 1009, 1011]
    expect(codes.map(endReasonOf)).toEqual([
      ...['client', 'client', 'client', 'lost', 'session-ended', 'slow'],
      ...['session-ended', 'replaced', 'server', 'server'],
    ])
  })

  it('LEDGER-5 of one user at most 50 ended connections are remembered, the newest', () => {
    const log = new ConnectionLog(new FakeClock())
    for (let index = 0; index < MAX_ENDED_PER_USER + 7; index += 1) {
      open(log, `${index}`)
      log.closed(`${index}`, 'client')
    }
    const ids = log.of('ann').map(({ id }) => id)
    expect(ids).toHaveLength(MAX_ENDED_PER_USER)
    expect([ids[0], ids.at(-1)]).toEqual(['7', `${MAX_ENDED_PER_USER + 6}`])
  })

  it('LEDGER-5 of all users at most 5,000 ended connections are remembered, the newest', () => {
    const log = new ConnectionLog(new FakeClock())
    open(log, 'still open', 'first')
    for (let index = 0; index < MAX_ENDED + 3; index += 1) {
      open(log, `${index}`, `user-${index % 1_000}`)
      log.closed(`${index}`, 'slow')
    }
    expect(log.endedBy('slow', MAX_ENDED * 2)).toHaveLength(MAX_ENDED)
    expect(log.of('user-2').map(({ id }) => id)).toEqual(['1002', '2002', '3002', '4002', '5002'])
    expect(log.of('user-3')[0]?.id).toBe('3')
    expect(log.of('first')).toHaveLength(1)
  })

  it('LEDGER-5 both bounds hold together when one user ends often among many', () => {
    const log = new ConnectionLog(new FakeClock())
    for (let index = 0; index < MAX_ENDED * 2; index += 1) {
      open(log, `${index}`, index % 2 === 0 ? 'often' : `user-${index}`)
      log.closed(`${index}`, 'lost')
    }
    expect(log.of('often')).toHaveLength(MAX_ENDED_PER_USER)
    expect(log.endedBy('lost', MAX_ENDED * 2)).toHaveLength(MAX_ENDED)
  })

  it('ADMIN-7 the last ones of a reason come newest first', () => {
    const log = new ConnectionLog(new FakeClock())
    for (const [id, reason] of [
      ['a', 'slow'],
      ['b', 'client'],
      ['c', 'slow'],
      ['d', 'slow'],
    ] as const) {
      open(log, id)
      log.closed(id, reason)
    }
    expect(log.endedBy('slow', 2).map(({ id }) => id)).toEqual(['d', 'c'])
  })
})
