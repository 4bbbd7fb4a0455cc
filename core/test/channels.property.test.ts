import { type ChannelRole, Fault } from '@parley/model'
import { turn } from '@parley/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DirectoryUser } from '../index.ts'
import { ChannelModel, type ModelPlace } from './channel-model.ts'
import { textIn } from './channel-scene.ts'
import { type CoreScene, createScene } from './core-fixture.ts'
import { SyncClient } from './sync-client.ts'

const USERS = 5
const SLOTS = 3

/** `at`: a channel's number, or that of a message sent before, whatever the step is about. */
type Step =
  | {
      readonly kind: 'create'
      readonly by: number
      readonly at: number
      readonly isPrivate: boolean
      readonly others: readonly number[]
    }
  | { readonly kind: 'join' | 'leave'; readonly by: number; readonly at: number }
  | { readonly kind: 'invite' | 'remove'; readonly by: number; readonly at: number; readonly who: number }
  | {
      readonly kind: 'role'
      readonly by: number
      readonly at: number
      readonly who: number
      readonly role: ChannelRole
    }
  | { readonly kind: 'archive' | 'hide'; readonly by: number; readonly at: number; readonly on: boolean }
  | { readonly kind: 'send'; readonly by: number; readonly at: number; readonly names: number | null }
  | { readonly kind: 'direct'; readonly by: number; readonly who: number }
  | { readonly kind: 'edit'; readonly by: number; readonly at: number; readonly names: number | null }
  | { readonly kind: 'delete' | 'read' | 'deliver'; readonly by: number; readonly at: number }
  | {
      readonly kind: 'react'
      readonly by: number
      readonly at: number
      readonly emoji: string
      readonly on: boolean
    }
  | { readonly kind: 'sync'; readonly by: number }

const by = fc.nat(USERS - 1)
const slot = fc.nat(SLOTS - 1)
const message = fc.nat(40)
const names = fc.option(by, { freq: 2 })
const some = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary })

const step: fc.Arbitrary<Step> = fc.oneof(
  some(
    3,
    fc.record({
      kind: fc.constant('create' as const),
      by,
      at: slot,
      isPrivate: fc.boolean(),
      others: fc.uniqueArray(by),
    }),
  ),
  some(3, fc.record({ kind: fc.constantFrom('join' as const, 'leave' as const), by, at: slot })),
  some(3, fc.record({ kind: fc.constantFrom('invite' as const, 'remove' as const), by, at: slot, who: by })),
  some(
    2,
    fc.record({
      kind: fc.constant('role' as const),
      by,
      at: slot,
      who: by,
      role: fc.constantFrom<ChannelRole>('owner', 'moderator', 'member'),
    }),
  ),
  some(
    1,
    fc.record({ kind: fc.constantFrom('archive' as const, 'hide' as const), by, at: slot, on: fc.boolean() }),
  ),
  some(10, fc.record({ kind: fc.constant('send' as const), by, at: slot, names })),
  some(3, fc.record({ kind: fc.constant('direct' as const), by, who: by })),
  some(3, fc.record({ kind: fc.constant('edit' as const), by, at: message, names })),
  some(
    8,
    fc.record({
      kind: fc.constantFrom('delete' as const, 'read' as const, 'deliver' as const, 'read' as const),
      by,
      at: message,
    }),
  ),
  some(
    3,
    fc.record({
      kind: fc.constant('react' as const),
      by,
      at: message,
      emoji: fc.constantFrom('a', 'b'),
      on: fc.boolean(),
    }),
  ),
  some(2, fc.record({ kind: fc.constant('sync' as const), by })),
)

/** A core, and beside it what it should hold. */
class Run {
  readonly scene: CoreScene
  readonly users: readonly DirectoryUser[]
  readonly model = new ChannelModel()
  readonly slots = new Map<number, string>()
  readonly sent: string[] = []
  readonly heard: string[] = []
  readonly clients: readonly SyncClient[]
  readonly #cursors = new Map<string, number>()
  #edits = 0

  private constructor(scene: CoreScene, users: readonly DirectoryUser[]) {
    this.scene = scene
    this.users = users
    this.clients = users.map(({ id }) => new SyncClient(scene.core, id))
  }

  static async start(): Promise<Run> {
    const scene = await createScene({ limits: 'off' })
    const run = new Run(scene, [scene.ann, scene.bob, scene.cas, scene.addUser(), scene.addUser()])
    for (const { id } of run.users) {
      await scene.core.hub.retain(`user:${id}`, {
        dialect: `tap-${id}`,
        deliver: (_topic, event) => {
          if (event.type !== 'receipt.advanced') return
          for (const one of event.messageIds)
            run.heard.push(`${id} ${event.reader.id} ${event.status} ${one}`)
        },
      })
    }
    return run
  }

  /** Does it, and expects the core to say yes where the model does. */
  async perform(action: Step): Promise<void> {
    const { core } = this.scene
    const actor = this.users[action.by]!
    const { id } = actor
    const place = 'at' in action ? this.model.place(this.slots.get(action.at) ?? '') : undefined
    const channelId = place?.id ?? ''
    const target = 'who' in action ? this.users[action.who]! : actor
    switch (action.kind) {
      case 'create': {
        if (place !== undefined) return
        const memberIds = action.others.map((other) => this.users[other]!.id)
        const command = { name: 'x', isPrivate: action.isPrivate, memberIds }
        const { channel } = await core.channels.create(actor, command)
        this.slots.set(action.at, channel.id)
        this.model.create(channel.id, id, memberIds, action.isPrivate)
        return
      }
      case 'join':
        return this.#both(this.model.join(place, id), () => core.channels.join(actor, channelId))
      case 'leave':
        return this.#both(this.model.remove(place, id, id), () => core.channels.leave(id, channelId))
      case 'invite':
        return this.#both(this.model.invite(place, id, target.id), () =>
          core.channels.invite(actor, channelId, [target.id]),
        )
      case 'remove':
        return this.#both(this.model.remove(place, id, target.id), () =>
          core.channels.remove(id, channelId, target.id),
        )
      case 'role':
        return this.#both(this.model.setRole(place, id, target.id, action.role), () =>
          core.channels.setRole(actor, channelId, target.id, action.role),
        )
      case 'archive':
        return this.#both(this.model.update(place, id, { archived: action.on }), () =>
          core.channels.update(actor, channelId, { archived: action.on }),
        )
      case 'hide':
        return this.#both(this.model.update(place, id, { isPrivate: action.on }), () =>
          core.channels.update(actor, channelId, { isPrivate: action.on }),
        )
      case 'send': {
        const { content, mentioned } = this.#text(action.names)
        const may = this.model.maySend(place, id)
        await this.#both(may, async () => {
          const sent = await core.channelMessages.send(actor, textIn(channelId, content))
          this.sent.push(sent.message.id)
          this.model.append(place!, sent.message.id, id, content, mentioned)
        })
        return
      }
      case 'direct':
        if (target === actor) return
        return this.#direct(actor, target)
      case 'sync':
        return this.clients[action.by]!.catchUp()
      default:
        return this.#change(action, actor, this.sent[action.at % Math.max(this.sent.length, 1)] ?? 'none')
    }
  }

  async #direct(actor: DirectoryUser, target: DirectoryUser): Promise<void> {
    const command = { receiverId: target.id, content: 'direct', messageType: 'text' as const }
    const { message } = await this.scene.core.direct.send(actor, command)
    this.sent.push(message.id)
    const place = this.model.direct(message.conversationId, actor.id, target.id)
    this.model.append(place, message.id, actor.id, 'direct', [])
  }

  async #change(action: Step & { at: number }, actor: DirectoryUser, messageId: string): Promise<void> {
    const { core } = this.scene
    const { model } = this
    switch (action.kind) {
      case 'edit': {
        const { content, mentioned } = this.#text(action.names)
        return this.#both(model.edit(messageId, actor.id, content, mentioned), () =>
          core.channelMessages.edit(actor, { messageId, content }, null),
        )
      }
      case 'delete':
        return this.#both(model.delete(messageId, actor.id), () =>
          core.channelMessages.delete(actor, messageId, null),
        )
      case 'react': {
        const { emoji, on } = action
        return this.#both(model.react(messageId, actor.id, emoji, on), () =>
          core.channelMessages.react(actor, { messageId, emoji, on }, null),
        )
      }
      case 'read':
      case 'deliver': {
        const status = action.kind === 'read' ? 'read' : 'delivered'
        return this.#both(model.receipt(messageId, actor.id, status), () =>
          core.receipts.upToMessage(actor, messageId, status, null),
        )
      }
      default:
    }
  }

  #text(named: number | null): { content: string; mentioned: string[] } {
    this.#edits += 1
    const user = named === null ? null : this.users[named]!
    return {
      content: user === null ? `text ${this.#edits}` : `text ${this.#edits} for @${user.username}.`,
      mentioned: user === null ? [] : [user.id],
    }
  }

  async #both(may: boolean, attempt: () => Promise<unknown>): Promise<void> {
    let did = true
    try {
      await attempt()
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      did = false
    }
    expect(did).toBe(may)
  }

  /** After every step. */
  async checkCursors(): Promise<void> {
    for (const { id: channelId } of this.model.places) {
      for (const { id } of this.users) {
        const view = await this.scene.store.channel({ channelId, userId: id })
        const key = `${channelId} ${id}`
        // Who comes again goes on where they were.
        if (view === null || view.role === null) continue
        expect(view.cursors.readSeq).toBeGreaterThanOrEqual(this.#cursors.get(key) ?? 0)
        expect(view.cursors.deliveredSeq).toBeGreaterThanOrEqual(view.cursors.readSeq)
        this.#cursors.set(key, view.cursors.readSeq)
      }
    }
  }

  async checkEverything(): Promise<void> {
    await turn()
    for (const place of this.model.places) {
      await this.#checkMembers(place)
      await this.#checkMessages(place)
    }
    expect([...this.heard].sort()).toEqual([...this.model.receipts].sort())
    for (const [index, { id }] of this.users.entries()) {
      const client = this.clients[index]!
      await client.catchUp()
      const fresh = new SyncClient(this.scene.core, id)
      await fresh.catchUp()
      expect(client.state).toEqual(fresh.state)
      const own = this.model.places.filter(({ members }) => members.has(id)).map((place) => place.id)
      expect([...client.state.keys()].sort()).toEqual(own.sort())
    }
  }

  async #checkMembers(place: ModelPlace): Promise<void> {
    const { store } = this.scene
    const owners = [...place.members.values()].filter(({ role }) => role === 'owner')
    if (place.kind === 'channel') expect(owners.length).toBe(place.members.size === 0 ? 0 : 1)
    if (place.members.size === 0) expect(place.isArchived).toBe(true)
    for (const { id: userId } of this.users) {
      const member = place.members.get(userId)
      expect(await store.role({ channelId: place.id, userId })).toBe(member?.role ?? null)
      const view = await store.channel({ channelId: place.id, userId })
      if (view === null || member === undefined) {
        expect(view === null).toBe(place.isPrivate && member === undefined)
        continue
      }
      expect(view.channel).toMatchObject({
        memberCount: place.members.size,
        isPrivate: place.isPrivate,
        seq: place.messages.length,
        rev: place.rev,
      })
      expect(view.channel.archivedAt !== null).toBe(place.isArchived)
      expect([view.cursors, view.unreadCount, view.mentionCount]).toEqual([
        { deliveredSeq: member.delivered, readSeq: member.read },
        this.model.unread(place, userId),
        this.model.mentions(place, userId),
      ])
    }
  }

  async #checkMessages(place: ModelPlace): Promise<void> {
    for (const [index, expected] of place.messages.entries()) {
      const view = await this.scene.store.message(expected.id)
      expect(view).toMatchObject({
        message: { seq: index + 1, rev: expected.rev, content: expected.content },
        status: this.model.status(place, index),
      })
      expect(view!.reactions.map(({ emoji, userIds }) => [emoji, userIds])).toEqual(
        [...expected.reactions].map(([emoji, userIds]) => [emoji, userIds]),
      )
    }
  }
}

const run = async (steps: readonly Step[]): Promise<void> => {
  const world = await Run.start()
  for (const one of steps) {
    await world.perform(one)
    await world.checkCursors()
  }
  await world.checkEverything()
}

/** More by hand: `PROPERTY_RUNS=5000 npx vitest run core/test/channels.property.test.ts`. */
const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 150)

describe('channels against a plain model', () => {
  it('CHAN-20 RECEIPT-1 RECEIPT-2 who leaves and comes again has read what was read, and its author hears nothing anew', () =>
    run([
      { kind: 'create', by: 0, at: 1, isPrivate: false, others: [2] },
      { kind: 'send', by: 0, at: 1, names: null },
      { kind: 'read', by: 2, at: 0 },
      { kind: 'leave', by: 2, at: 1 },
      { kind: 'join', by: 2, at: 1 },
      { kind: 'read', by: 2, at: 0 },
    ]))

  it('CHAN-20 membership, roles, unread, mentions, cursors, status, receipts and sync are what the steps make of them', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60, size: 'max' }), run), {
      numRuns,
      interruptAfterTimeLimit: numRuns > 150 ? 1_000_000 : 20_000,
      markInterruptAsFailure: false,
    })
  }, 1_200_000)
})
