import type { Conversation } from '../../api/conversation.ts'
import type { Message } from '../../api/message.ts'
import { LineWorld, settled, type TestUser } from '../core/world/line-world.ts'
import type { TestClient } from '../core/world/test-client.ts'
import type { Action } from './actions.ts'

const EMOJIS = ['👍', '🎉']

/** A message that somebody wrote, from the moment it was kept. */
export interface Written {
  readonly client: TestClient
  readonly channelId: string
  readonly key: string
  isGivenUp: boolean
}

/** Three users, one of them on two devices, in two channels and a direct conversation. */
export class Play {
  readonly world: LineWorld
  readonly users: readonly TestUser[]
  readonly clients: readonly TestClient[]
  readonly places: readonly string[]
  readonly written: Written[] = []
  readonly #focused = new Map<string, () => void>()
  readonly #wanted = new Map<string, () => void>()

  private constructor(world: LineWorld, users: readonly TestUser[], places: readonly string[]) {
    this.world = world
    this.users = users
    this.places = places
    const [ann, bob, cid] = users as [TestUser, TestUser, TestUser]
    this.clients = [ann, ann, bob, cid].map((user) => world.addClient(user))
  }

  static async start(random: () => number, limits: boolean): Promise<Play> {
    const world = await LineWorld.start({ random, limits })
    const [ann, bob, cid] = [world.addUser('ann'), world.addUser('bob'), world.addUser('cid')]
    const tea = await world.addChannel('tea', ann, [bob, cid])
    const talk = await world.addChannel('talk', bob, [ann])
    const direct = await world.addDirect(ann, cid)
    return new Play(world, [ann, bob, cid], [tea, talk, direct])
  }

  async run(actions: readonly Action[]): Promise<void> {
    for (const action of actions) {
      await this.#do(action)
      await settled()
    }
  }

  async #do(action: Action): Promise<void> {
    const { world } = this
    switch (action.kind) {
      case 'send':
        return this.#send(action)
      case 'edit':
      case 'delete':
      case 'react':
        return this.#change(action)
      case 'look':
      case 'leave':
      case 'mark':
      case 'type':
      case 'older':
      case 'discard':
        return this.#attend(action)
      case 'flush': {
        const line = world.lines[action.line % Math.max(1, world.lines.length)]
        for (let count = 0; line !== undefined && count < action.count; count += 1) {
          if (action.isUp) line.flushToServer()
          else line.flushToClient()
          await settled()
        }
        return
      }
      case 'all':
        return world.flush()
      case 'http': {
        const { pending } = this.#clientOf(action).http
        const request = pending[action.pick % Math.max(1, pending.length)]
        if (action.isFailing) request?.fail()
        else await request?.step()
        return
      }
      case 'repeat':
      case 'swap':
        return this.#disturb(action)
      case 'cut':
        return this.#cut(action)
      case 'restart':
        return this.#restart(action)
      case 'server': {
        await world.stopServer()
        if (action.isNewEpoch) world.store.renewEpoch()
        await world.clock.advance(action.downMs)
        return world.startServer()
      }
      case 'pass':
        return world.clock.advance(action.ms)
    }
  }

  #clientOf({ client }: { readonly client: number }): TestClient {
    return this.clients[client % this.clients.length] as TestClient
  }

  #conversation(action: { readonly client: number; readonly place: number }): {
    readonly client: TestClient
    readonly conversation: Conversation
    readonly key: string
  } {
    const client = this.#clientOf(action)
    const channelId = this.#placeOf(client, action.place)
    return {
      client,
      conversation: client.parley.conversation(channelId),
      key: `${action.client} ${channelId}`,
    }
  }

  /** Of those that the user is in. */
  #placeOf({ user }: TestClient, place: number): string {
    const [ann, bob] = this.users
    const [tea, talk, direct] = this.places as [string, string, string]
    const own = user === ann ? [tea, talk, direct] : user === bob ? [tea, talk] : [tea, direct]
    return own[place % own.length] as string
  }

  #send(action: Extract<Action, { kind: 'send' }>): void {
    const { client, conversation } = this.#conversation(action)
    for (let count = 0; count < action.count; count += 1) {
      const text = count % 2 === 0 ? `m${this.written.length}` : `m${this.written.length} for @cid and @ann`
      const { key } = conversation.send(text)
      this.written.push({ client, channelId: conversation.id, key, isGivenUp: false })
    }
  }

  #change(action: Extract<Action, { kind: 'edit' | 'delete' | 'react' }>): void {
    const { conversation } = this.#conversation(action)
    const stored = conversation.messages.get().items.filter(({ id }) => id !== null)
    const message = stored[action.pick % Math.max(1, stored.length)]
    const id = message?.id ?? null
    if (id === null) return
    const doing =
      action.kind === 'react'
        ? conversation.react(id, EMOJIS[action.emoji] as string, action.on)
        : action.kind === 'edit'
          ? conversation.edit(id, `edited ${action.pick}`)
          : conversation.remove(id)
    // Somebody else's, gone already, or without a connection.
    doing.catch(() => undefined)
  }

  #attend(action: { readonly kind: string; readonly client: number; readonly place: number }): void {
    const { conversation, key } = this.#conversation(action)
    switch (action.kind) {
      case 'look':
        if (!this.#wanted.has(key))
          this.#wanted.set(
            key,
            conversation.messages.subscribe(() => undefined),
          )
        if (!this.#focused.has(key)) this.#focused.set(key, conversation.focus())
        break
      case 'leave':
        for (const held of [this.#wanted, this.#focused]) {
          held.get(key)?.()
          held.delete(key)
        }
        break
      case 'mark':
        conversation.markRead()
        break
      case 'type':
        conversation.keystroke()
        break
      case 'older':
        void conversation.loadOlder()
        break
      case 'discard':
        this.#discard(conversation)
        break
    }
  }

  /** It may have been stored all the same. */
  #discard(conversation: Conversation): void {
    const waiting = conversation.messages.get().items.find(({ id }: Message) => id === null)
    const written = this.written.find(({ key }) => key === waiting?.key)
    if (waiting === undefined || written === undefined) return
    written.isGivenUp = true
    conversation.discard(waiting.key)
  }

  /** An event comes twice, or before the one that was sent before it. */
  #disturb({ kind, line, pick }: Extract<Action, { kind: 'repeat' | 'swap' }>): void {
    const { lines } = this.world
    const queue = lines[line % Math.max(1, lines.length)]?.toClient ?? []
    const at = pick % Math.max(1, queue.length)
    const [packet, next] = [queue[at], queue[at + 1]]
    if (packet?.kind !== 'event') return
    if (kind === 'repeat') queue.splice(at + (pick % 3), 0, packet)
    else if (next?.kind === 'event') queue.splice(at, 2, next, packet)
  }

  #cut({ line, side }: Extract<Action, { kind: 'cut' }>): void {
    const { lines } = this.world
    const cut = lines[line % Math.max(1, lines.length)]
    if (side === 'both') cut?.cut()
    else if (side === 'client') cut?.breakForClient()
    else cut?.breakForServer()
  }

  async #restart(action: Extract<Action, { kind: 'restart' }>): Promise<void> {
    const client = this.#clientOf(action)
    if (action.isClean) await client.parley.close()
    client.kill()
    for (const held of [this.#wanted, this.#focused])
      for (const key of [...held.keys()]) if (key.startsWith(`${action.client} `)) held.delete(key)
    client.start()
  }
}
