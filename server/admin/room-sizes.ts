import { createHmac, randomBytes } from 'node:crypto'
import type { Core, Store } from '@parley/core'
import { LRUCache } from 'lru-cache'

export interface SizedRoom {
  readonly kind: 'channel' | 'direct' | 'whisper'
  readonly name: string
  /** Null for whisper: its code is the key to the room. */
  readonly id: string | null
  /** Connections of this node in it. */
  readonly size: number
}

/** Most rooms that are told of. */
export const TOP_ROOMS = 20
/** Most entries looked at: each connection has a few. What is beyond is left out of the count. */
const MAX_LOOKED_AT = 200_000
const NAMES = { max: 1_000, ttl: 60_000 }
/** Nobody: so that only what everybody may see is read. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Whose rooms: Socket.IO's, by name. */
export type RoomMap = ReadonlyMap<string, { readonly size: number }>

type Found = Pick<SizedRoom, 'kind' | 'name'>

/**
 * The largest rooms of this node. Public channels have their names; private and direct ones stay nameless, as they are to
 * whoever is no member; of whisper rooms a mark is shown that tells them apart and cannot be turned back into their code.
 */
export class RoomSizes {
  readonly #core: Pick<Core, 'conversations'>
  readonly #store: Pick<Store, 'channel'>
  readonly #rooms: () => RoomMap
  readonly #names = new LRUCache<string, Found>(NAMES)
  readonly #key = randomBytes(32)

  constructor(dependencies: {
    core: Pick<Core, 'conversations'>
    store: Pick<Store, 'channel'>
    rooms: () => RoomMap
  }) {
    this.#core = dependencies.core
    this.#store = dependencies.store
    this.#rooms = dependencies.rooms
  }

  /** Largest first, with how many there are in all. */
  async read(): Promise<{ channels: number; whisperRooms: number; top: SizedRoom[] }> {
    const counts = { channels: 0, whisperRooms: 0 }
    const top: { room: string; size: number }[] = []
    let lookedAt = 0
    for (const [room, { size }] of this.#rooms()) {
      lookedAt += 1
      if (lookedAt > MAX_LOOKED_AT) break
      if (room.startsWith('channel:')) counts.channels += 1
      else if (room.startsWith('room:')) counts.whisperRooms += 1
      else continue
      insert(top, { room, size })
    }
    return { ...counts, top: await Promise.all(top.map((entry) => this.#describe(entry))) }
  }

  async #describe({ room, size }: { room: string; size: number }): Promise<SizedRoom> {
    if (room.startsWith('room:')) return { kind: 'whisper', name: this.#mask(room), id: null, size }
    const id = room.slice('channel:'.length)
    return { ...(await this.#nameOf(id)), id, size }
  }

  /** Told apart until the process ends, and not to be guessed: short codes could be tried out on a plain hash. */
  #mask(room: string): string {
    return `•••••• (${createHmac('sha256', this.#key).update(room).digest('hex').slice(0, 6)})`
  }

  async #nameOf(channelId: string): Promise<Found> {
    const known = this.#names.get(channelId)
    if (known !== undefined) return known
    const found = await this.#find(channelId)
    this.#names.set(channelId, found)
    return found
  }

  async #find(channelId: string): Promise<Found> {
    const view = await this.#store.channel({ channelId, userId: NOBODY })
    if (view !== null) return { kind: 'channel', name: view.channel.name ?? 'channel' }
    const info = await this.#core.conversations.find(channelId)
    return info?.kind === 'direct'
      ? { kind: 'direct', name: 'direct conversation' }
      : { kind: 'channel', name: 'private channel' }
  }
}

/** Keeps the list at the largest `TOP_ROOMS`, largest first. */
const insert = (top: { room: string; size: number }[], entry: { room: string; size: number }): void => {
  const smallest = top.at(-1)
  if (top.length >= TOP_ROOMS && smallest !== undefined && smallest.size >= entry.size) return
  const at = top.findIndex(({ size }) => size < entry.size)
  top.splice(at < 0 ? top.length : at, 0, entry)
  if (top.length > TOP_ROOMS) top.pop()
}
