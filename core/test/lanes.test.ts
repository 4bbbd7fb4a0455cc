import { directKey } from '@parley/model'
import { turn } from '@parley/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GroupCommit } from '../group-commit.ts'
import { laneKeysOf } from '../lane-keys.ts'
import type { AppendDirect } from '../ports/message-ops.ts'
import { silentObserver } from '../ports/observer.ts'
import type { Store, WriteOp } from '../ports/store.ts'

const LANES = 3

const append = (
  senderId: string,
  receiverId: string,
  messageId: string,
  clientId?: string,
): AppendDirect => ({
  ...{ kind: 'append-direct', messageId, newConversationId: 'c', senderId, receiverId, type: 'text' },
  ...{ content: 'x', clientMessageId: clientId ?? null, parentId: null, createdAt: 0 },
})

/** A store whose commits end when the test says so. */
const heldStore = () => {
  const begun: { ids: string[]; end: (error?: Error) => void }[] = []
  const commit = (ops: readonly AppendDirect[]) =>
    new Promise((resolve, reject) => {
      const end = (error?: Error): void =>
        error === undefined ? resolve(ops.map(() => ({}))) : reject(error)
      begun.push({ ids: ops.map(({ messageId }) => messageId), end })
    })
  return { begun, store: { commit, lanes: LANES } as unknown as Store }
}

describe('lanes', () => {
  it('ACK-5 what is about other conversations goes while a batch is under way, up to the lanes of the store', async () => {
    const { begun, store } = heldStore()
    const commits = new GroupCommit(store, silentObserver)
    for (const [index, peer] of ['b', 'c', 'd', 'e'].entries()) {
      void commits.submit(append('a', peer, `m${index}`))
      await turn()
    }
    expect(begun.map(({ ids }) => ids)).toEqual([['m0'], ['m1'], ['m2']])
    begun[1]!.end()
    await turn()
    expect(begun[3]!.ids).toEqual(['m3'])
    for (const { end } of begun) end()
    await commits.idle()
  })

  it('ACK-5 a conversation, and a client id, is in one batch at a time; nothing behind it goes first', async () => {
    const { begun, store } = heldStore()
    const commits = new GroupCommit(store, silentObserver)
    void commits.submit(append('a', 'b', 'first', 'same'))
    await turn()
    void commits.submit(append('a', 'c', 'claimed', 'same'))
    void commits.submit(append('b', 'a', 'second'))
    void commits.submit(append('c', 'a', 'behind'))
    void commits.submit(append('d', 'e', 'free'))
    await turn()
    expect(begun.map(({ ids }) => ids)).toEqual([['first'], ['free']])
    begun[0]!.end()
    await turn()
    expect(begun[2]!.ids).toEqual(['claimed', 'second', 'behind'])
    for (const { end } of begun) end()
    await commits.idle()
  })

  it('ACK-5 a batch that fails frees what it was about', async () => {
    const { begun, store } = heldStore()
    const commits = new GroupCommit(store, silentObserver)
    const lost = commits.submit(append('a', 'b', 'lost')).catch((error: unknown) => error)
    await turn()
    void commits.submit(append('a', 'b', 'next'))
    await turn()
    begun[0]!.end(new Error('away'))
    expect(await lost).toMatchObject({ code: 'UNAVAILABLE' })
    await turn()
    expect(begun[1]!.ids).toEqual(['next'])
    begun[1]!.end()
    await commits.idle()
  })

  it('ACK-5 whatever is submitted, and however commits end, what shares a key takes effect in order', async () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({
          kind: fc.constant('send' as const),
          from: fc.integer({ min: 0, max: 3 }),
          to: fc.integer({ min: 0, max: 3 }),
          clientId: fc.option(fc.integer({ min: 0, max: 2 }), { nil: null }),
        }),
        fc.record({ kind: fc.constant('end' as const), which: fc.nat(), fails: fc.boolean() }),
        fc.constant({ kind: 'turn' as const }),
      ),
      { maxLength: 60 },
    )
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const { begun, store } = heldStore()
        const commits = new GroupCommit(store, silentObserver)
        const submitted: AppendDirect[] = []
        const ended = new Set<number>()
        for (const step of taken) {
          if (step.kind === 'send') {
            const clientId = step.clientId === null ? undefined : `k${step.clientId}`
            const op = append(`u${step.from}`, `u${step.to}`, `m${submitted.length}`, clientId)
            submitted.push(op)
            void commits.submit(op).catch(() => {})
          } else if (step.kind === 'end') {
            const running = begun.map((_, index) => index).filter((index) => !ended.has(index))
            const index = running[step.which % Math.max(1, running.length)]
            if (index === undefined) continue
            checkApart(
              submitted,
              running.map((each) => begun[each]!.ids),
            )
            ended.add(index)
            begun[index]!.end(step.fails ? new Error('away') : undefined)
          }
          await turn()
        }
        for (let index = 0; index < begun.length; index += 1) {
          begun[index]!.end()
          await turn()
        }
        await commits.idle()
        const order = begun.flatMap(({ ids }) => ids)
        expect([...order].sort()).toEqual(submitted.map(({ messageId }) => messageId).sort())
        const keys = new Set(submitted.flatMap(laneKeysOf))
        for (const key of keys) {
          const about = submitted.filter((op) => laneKeysOf(op).includes(key)).map((op) => op.messageId)
          expect(order.filter((id) => about.includes(id))).toEqual(about)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('ACK-5 every op is about something, the same under both names of a pair', () => {
    const ops: WriteOp[] = [
      append('a', 'b', 'm'),
      { kind: 'open-direct', newConversationId: 'c', userId: 'b', peerId: 'a', at: 0 },
      {
        ...{ kind: 'advance-receipt', readerId: 'b', conversation: { directWith: 'a' } },
        ...{ status: 'read', upTo: 'head', at: 0 },
      },
    ]
    for (const op of ops) expect(laneKeysOf(op)).toContain(directKey('a', 'b'))
    expect(laneKeysOf({ kind: 'touch-last-seen', userId: 'a', at: 0 })).toEqual(['seen a'])
    expect(laneKeysOf({ kind: 'close-room', code: 'R' })).toEqual(['room R'])
  })
})

/** No two batches that are under way share a key. */
const checkApart = (submitted: readonly AppendDirect[], batches: readonly (readonly string[])[]): void => {
  const byId = new Map(submitted.map((op) => [op.messageId, op]))
  const keysOf = (ids: readonly string[]) => [...new Set(ids.flatMap((id) => laneKeysOf(byId.get(id)!)))]
  const all = batches.flatMap(keysOf)
  expect(new Set(all).size).toBe(all.length)
}
