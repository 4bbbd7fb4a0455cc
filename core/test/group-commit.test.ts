import { Fault } from '@parley/model'
import { turn } from '@parley/testkit'
import { describe, expect, it } from 'vitest'
import { GroupCommit, MAX_WAITING } from '../group-commit.ts'
import type { TouchLastSeen } from '../ports/message-ops.ts'
import { silentObserver } from '../ports/observer.ts'
import { MAX_BATCH, type Store } from '../ports/store.ts'

const op = (at: number): TouchLastSeen => ({ kind: 'touch-last-seen', userId: 'ann', at })

/** A store whose commits end when the test says so. */
const heldStore = () => {
  const batches: { times: number[]; end: (error?: Error) => void }[] = []
  const commit = (ops: readonly TouchLastSeen[]) =>
    new Promise((resolve, reject) => {
      const end = (error?: Error): void =>
        error === undefined ? resolve(ops.map(() => ({ kind: 'done' }))) : reject(error)
      batches.push({ times: ops.map(({ at }) => at), end })
    })
  return { batches, store: { commit, lanes: 1 } as unknown as Store }
}

describe('group commit', () => {
  it('ACK-4 gathers the next batch while one is under way, in the order of submission', async () => {
    const { batches, store } = heldStore()
    const commits = new GroupCommit(store, silentObserver)
    const settled: number[] = []
    const submit = (at: number): void => void commits.submit(op(at)).then(() => settled.push(at))
    submit(1)
    await turn()
    for (const at of [2, 3, 4]) submit(at)
    await turn()
    expect(batches.map(({ times }) => times)).toEqual([[1]])
    expect(settled).toEqual([])
    batches[0]!.end()
    await turn()
    expect(settled).toEqual([1])
    expect(batches[1]!.times).toEqual([2, 3, 4])
    batches[1]!.end()
    await turn()
    expect(settled).toEqual([1, 2, 3, 4])
  })

  it('ACK-4 the store has the next batch before the outcomes of the last are worked on', async () => {
    const { batches, store } = heldStore()
    const commits = new GroupCommit(store, silentObserver)
    const seen: number[] = []
    const submit = (at: number) => commits.submit(op(at)).finally(() => seen.push(batches.length))
    void submit(1)
    await turn()
    void submit(2).catch(() => {})
    batches[0]!.end()
    await turn()
    expect(seen).toEqual([2])
    void submit(3)
    // Refused ones as well.
    batches[1]!.end(new Error('the disk is full'))
    await turn()
    expect(seen).toEqual([2, 3])
    batches[2]!.end()
  })

  it('ACK-4 is idle when nothing that an outcome set off is left either', async () => {
    const { batches, store } = heldStore()
    const commits = new GroupCommit(store, silentObserver)
    void commits.submit(op(1)).then(() => commits.submit(op(2)))
    await turn()
    let isIdle = false
    void commits.idle().then(() => {
      isIdle = true
    })
    batches[0]!.end()
    await turn()
    await turn()
    expect([isIdle, batches.length]).toEqual([false, 2])
    batches[1]!.end()
    await turn()
    expect(isIdle).toBe(true)
  })

  it('ACK-4 what one turn of the loop submits is one batch, of at most 500', async () => {
    const { batches, store } = heldStore()
    const commits = new GroupCommit(store, silentObserver)
    for (let at = 0; at <= MAX_BATCH; at += 1) void commits.submit(op(at))
    await turn()
    expect(batches[0]!.times).toHaveLength(MAX_BATCH)
    batches[0]!.end()
    await turn()
    expect(batches[1]!.times).toEqual([MAX_BATCH])
    batches[1]!.end()
  })

  it('ACK-4 refuses above the bound with advice to retry, and recovers', async () => {
    const { batches, store } = heldStore()
    const commits = new GroupCommit(store, silentObserver)
    for (let at = 0; at < MAX_WAITING; at += 1) void commits.submit(op(at)).catch(() => {})
    const refused = await commits.submit(op(0)).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'UNAVAILABLE', retry: 'retry' })
    await turn()
    batches[0]!.end()
    await turn()
    expect(commits.waiting).toBeLessThan(MAX_WAITING)
    await expect(Promise.race([commits.submit(op(1)), turn().then(() => 'waits')])).resolves.toBe('waits')
  })

  it('ACK-1 a failed commit rejects its whole batch with a retryable fault, and the next goes on', async () => {
    const { batches, store } = heldStore()
    const commits = new GroupCommit(store, silentObserver)
    const outcomes = Promise.allSettled([commits.submit(op(1)), commits.submit(op(2))])
    await turn()
    batches[0]!.end(new Error('disk on fire'))
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE', retry: 'retry' } })
    }
    const next = commits.submit(op(3))
    await turn()
    batches[1]!.end()
    await expect(next).resolves.toEqual({ kind: 'done' })
    expect(new Fault('UNAVAILABLE', '').status).toBe(503)
  })
})
