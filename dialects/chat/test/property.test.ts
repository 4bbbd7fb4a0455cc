import type { AdvanceReceipt, Bus, Store, WriteOp, WriteOutcome } from '@parley/core'
import { checkHistory, turn } from '@parley/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChatWorld, intercept, userId, type WorldOptions } from './chat-world.ts'

const USERS = 3

type Step =
  | { readonly kind: 'connect' | 'drop'; readonly user: number }
  | { readonly kind: 'send'; readonly user: number; readonly to: number; readonly id: number }
  | { readonly kind: 'read'; readonly user: number; readonly from: number }
  | { readonly kind: 'flush'; readonly user: number; readonly count: number }
  | { readonly kind: 'turn' }

const user = fc.integer({ min: 0, max: USERS - 1 })
const pair = fc
  .tuple(user, fc.integer({ min: 1, max: USERS - 1 }))
  .map(([a, step]) => [a, (a + step) % USERS] as const)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: user.map((index) => ({ kind: 'connect', user: index }) as const) },
  { weight: 1, arbitrary: user.map((index) => ({ kind: 'drop', user: index }) as const) },
  {
    weight: 6,
    // Few ids, so that retries happen: over the same connection, after a drop, after the ack.
    arbitrary: fc
      .tuple(pair, fc.integer({ min: 0, max: 9 }))
      .map(([[from, to], id]) => ({ kind: 'send', user: from, to, id }) as const),
  },
  { weight: 2, arbitrary: pair.map(([reader, from]) => ({ kind: 'read', user: reader, from }) as const) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(user, fc.integer({ min: 1, max: 4 }))
      .map(([index, count]) => ({ kind: 'flush', user: index, count }) as const),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'turn' } as const) },
)

const perform = async (world: ChatWorld, action: Step): Promise<void> => {
  switch (action.kind) {
    case 'connect':
      world.connect(action.user)
      break
    case 'drop':
      world.drop(action.user)
      break
    case 'send':
      // The same id to the same receiver carries the same body: a retry. Ids differ by receiver.
      world.send(action.user, action.to, `${action.to}-${action.id}`, `message ${action.id} to ${action.to}`)
      break
    case 'read':
      world.read(action.user, action.from)
      break
    case 'flush':
      world.flush(action.user, action.count)
      break
    case 'turn':
      await turn()
      break
  }
}

const run = async (steps: readonly Step[], options: Partial<WorldOptions> = {}): Promise<ChatWorld> => {
  const world = await ChatWorld.create({ users: USERS, ...options })
  for (const action of steps) await perform(world, action)
  await world.settle()
  return world
}

const violationsOf = async (world: ChatWorld) =>
  checkHistory(world.history, {
    stored: await world.stored(),
    settledReaders: Array.from({ length: USERS }, (_, index) => userId(index)),
  })

const steps = fc.array(step, { minLength: 1, maxLength: 60 })

describe('random sends, retries, reads and disconnects', () => {
  it('ORDER-1 ORDER-2 ONCE-1 RECEIPT-1 RECEIPT-2 CHECK-2 keep every invariant', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (actions) => {
        expect(await violationsOf(await run(actions))).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  it('PRES-1 RECEIPT-1 presence and unread equal what the connections and the messages say', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (actions) => {
        const world = await run(actions)
        for (let index = 0; index < USERS; index += 1) {
          expect(world.core.presence.isOnline(userId(index))).toBe(world.isConnected(index))
          await expectUnreadToAgree(world, userId(index))
        }
      }),
      { numRuns: 50 },
    )
  })
})

/** Unread, marked and read must be three views of the same cursors. */
const expectUnreadToAgree = async (world: ChatWorld, reader: string): Promise<void> => {
  const conversations = await world.store.directConversations({ userId: reader, limit: 100 })
  for (const { peer, unreadCount } of conversations.items) {
    const history = await world.store.directHistory({ userId: reader, peerId: peer.id, limit: 100 })
    const fromPeer = history.items.filter(({ message }) => message.senderId === peer.id)
    const read = fromPeer.filter(({ status }) => status === 'read')
    expect(unreadCount).toBe(fromPeer.length - read.length)
    expect(world.marked.get(`${reader} ${peer.id}`) ?? 0).toBeLessThanOrEqual(read.length)
  }
}

/** A busy run in which every planted fault has many chances to show. */
const busy: readonly Step[] = [
  { kind: 'connect', user: 0 },
  { kind: 'connect', user: 1 },
  { kind: 'turn' },
  { kind: 'turn' },
  ...Array.from({ length: 20 }, (_, round): Step[] => [
    { kind: 'send', user: 0, to: 1, id: round % 15 },
    { kind: 'turn' },
    { kind: 'flush', user: 0, count: 5 },
    { kind: 'flush', user: 1, count: 5 },
    { kind: 'turn' },
    { kind: 'read', user: 1, from: 0 },
    { kind: 'turn' },
  ]).flat(),
]

/** A store whose commits answer as `spoil` says. */
const spoiled =
  (spoil: (store: Store, ops: readonly WriteOp[]) => Promise<readonly WriteOutcome[]>) =>
  (store: Store): Store =>
    intercept(store, 'commit', ((ops: readonly WriteOp[]) => spoil(store, ops)) as Store['commit'])

const invariantsOf = async (options: Partial<WorldOptions>): Promise<number[]> => {
  const violations = await violationsOf(await run(busy, options))
  return [...new Set(violations.map(({ invariant }) => invariant))]
}

describe('planted faults', () => {
  it('CHECK-2 without a planted fault the same run is clean', async () => {
    expect(await invariantsOf({})).toEqual([])
  })

  it('CHECK-1 finds an acknowledgement before its commit', async () => {
    let appends = 0
    const spoilStore = spoiled(async (store, ops) => {
      const outcomes = await Promise.all(
        ops.map(async (op): Promise<WriteOutcome> => {
          if (op.kind === 'append-direct') appends += 1
          if (op.kind !== 'append-direct' || appends % 3 !== 0) return (await store.commit([op]))[0]
          // Answers, and then the power fails: the transaction never was.
          const { messageId: id, newConversationId, senderId, type, content, clientMessageId } = op
          const message = {
            id,
            conversationId: newConversationId,
            seq: appends,
            rev: appends,
            senderId,
            type,
            content,
          }
          const rest = { clientMessageId, parentId: null, createdAt: 0, editedAt: null, deletedAt: null }
          return { kind: 'appended', message: { ...message, ...rest } }
        }),
      )
      return outcomes
    })
    expect(await invariantsOf({ spoilStore })).toContain(1)
  })

  it('CHECK-1 finds a message that is stored twice', async () => {
    const spoilStore = spoiled(async (store, ops) => {
      const blind = ops.map((op) => (op.kind === 'append-direct' ? { ...op, clientMessageId: null } : op))
      const outcomes = await store.commit(blind)
      return outcomes.map((outcome: WriteOutcome, index): WriteOutcome => {
        const op = ops[index]!
        if (outcome.kind !== 'appended' || op.kind !== 'append-direct') return outcome
        return { ...outcome, message: { ...outcome.message, clientMessageId: op.clientMessageId } }
      })
    })
    expect(await invariantsOf({ spoilStore })).toContain(3)
  })

  it('CHECK-1 finds a lost publish', async () => {
    let published = 0
    const spoilBus = (bus: Bus): Bus =>
      intercept(bus, 'publish', (topic, envelope) => {
        if (envelope.event.type === 'message.created') published += 1
        if (envelope.event.type === 'message.created' && published % 5 === 0) return
        bus.publish(topic, envelope)
      })
    expect(await invariantsOf({ spoilBus })).toContain(10)
  })

  it('CHECK-1 finds a receipt that goes back', async () => {
    let last: WriteOutcome | null = null
    const spoilStore = spoiled(async (store, ops) => {
      const outcomes = await store.commit(ops)
      return outcomes.map((outcome: WriteOutcome, index): WriteOutcome => {
        const isReceipt = (ops[index] as AdvanceReceipt).kind === 'advance-receipt'
        if (!isReceipt || outcome.kind !== 'advanced') return outcome
        // As if the cursor had gone back in between: what was passed is passed again.
        const repeated = last ?? outcome
        last = outcome
        return repeated
      })
    })
    expect(await invariantsOf({ spoilStore })).toContain(9)
  })
})
