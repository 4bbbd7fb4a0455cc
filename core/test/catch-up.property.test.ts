import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { CoreEvent } from '../index.ts'
import { textIn } from './channel-scene.ts'
import { textTo } from './core-fixture.ts'
import { createTwoNodes, listen, messagesIn, type TwoNodes } from './two-nodes.ts'

const node = fc.constantFrom(0 as const, 1 as const)
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('say' as const), node }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), node }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('edit' as const), node, nth: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), node, nth: fc.nat(50) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const), node }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('heal' as const), node }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(1_500) }) },
)
/** What becomes of the events, one after the other, again and again. */
const fates = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant([0]) },
    { weight: 3, arbitrary: fc.constant<number[]>([]) },
    { weight: 2, arbitrary: fc.array(fc.nat(400), { minLength: 1, maxLength: 2 }) },
  ),
  { minLength: 1, maxLength: 30 },
)

/** A head is announced three times, and of these two may be lost. More lost than that is a bus that knows it was away. */
const mayBeLost = (event: CoreEvent, lost: Map<string, number>): boolean => {
  if (event.type !== 'heads.announced') return true
  const keys = event.heads.map(({ conversationId, rev }) => `${conversationId} ${rev}`)
  if (keys.some((key) => (lost.get(key) ?? 0) >= 2)) return false
  for (const key of keys) lost.set(key, (lost.get(key) ?? 0) + 1)
  return true
}

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

const play = async (scene: TwoNodes, steps: readonly Step[]): Promise<void> => {
  const { nodes, clock, ann, bob, channelId } = scene
  const said: string[] = []
  let words = 0
  for (const one of steps) {
    if (one.do === 'wait') {
      await clock.advance(one.ms)
      continue
    }
    const { core, bus } = nodes[one.node]
    words += 1
    // Ann writes on the first node and Bob on the second.
    const [author, other] = one.node === 0 ? [ann, bob] : [bob, ann]
    const target = 'nth' in one ? said[one.nth % Math.max(1, said.length)] : undefined
    if (one.do === 'say') {
      said.push((await core.channelMessages.send(ann, textIn(channelId, `w${words}`))).message.id)
    } else if (one.do === 'write') await core.direct.send(author, textTo(other, `w${words}`))
    else if (one.do === 'edit' && target !== undefined) {
      const command = { messageId: target, content: `e${words}` }
      await core.channelMessages.edit(ann, command, null).catch(() => {})
    } else if (one.do === 'delete' && target !== undefined) {
      await core.channelMessages.delete(ann, target, null).catch(() => {})
    } else if (one.do === 'cut') bus.setUp(false)
    else if (one.do === 'heal') bus.setUp(true)
  }
}

it('NODE-1 whatever is lost, late, doubled or overtaken: after healing everybody has seen every message once, in order, and as it is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), fates, async (steps, fate) => {
      const scene = await createTwoNodes()
      const lost = new Map<string, number>()
      const { nodes, clock, network, store, ann, bob, channelId } = scene
      const shown = await Promise.all(nodes.map((one) => listen(one, `conversation:${channelId}`)))
      const inboxes = [await listen(nodes[0], `user:${ann.id}`), await listen(nodes[1], `user:${bob.id}`)]
      let events = 0
      network.fate = (_topic, { event }) => {
        const next = fate[events++ % fate.length]!
        return next.length > 0 || mayBeLost(event, lost) ? next : [0]
      }
      await play(scene, steps)
      for (const { bus } of nodes) bus.setUp(true)
      network.fate = () => [0]
      await clock.advance(5_000)
      const stored = (await store.messages({ channelId, limit: 100 })).items.map(({ message }) => message)
      const alive = stored.filter(({ deletedAt }) => deletedAt === null).map(({ seq }) => seq)
      for (const list of shown) {
        const seqs = messagesIn(list).map(({ seq }) => seq)
        expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b))
        expect(seqs).toEqual(expect.arrayContaining(alive))
        // The last that was told of each message is what is stored.
        const last = new Map<string, string>()
        for (const event of list) {
          if (event.type === 'message.created') last.set(event.message.id, event.message.content)
          if (event.type === 'message.changed') last.set(event.view.message.id, event.view.message.content)
        }
        expect(last).toEqual(new Map(stored.map(({ id, content }) => [id, content])))
      }
      const direct = (await store.directHistory({ userId: ann.id, peerId: bob.id, limit: 100 })).items
      const all = direct.map(({ message }) => message.seq).reverse()
      for (const list of inboxes) expect(messagesIn(list).map(({ seq }) => seq)).toEqual(all)
      await scene.stop()
    }),
    { numRuns: 150, ...(process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) }) },
  )
}, 120_000)
