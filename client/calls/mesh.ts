import type { Participant } from '../api/call.ts'
import { type Blob, type Devices, readBlob } from './blob.ts'
import { isSpeech, Link, type LinkOptions } from './link.ts'

/** A peer who went without a word may come back for so long while media flows, and while it does not (ms). */
const GRACE = 24_000
const SHORT_GRACE = 6_000
/** Links are looked at twice a second, and measured each two seconds. */
const TICK = 500
const MEASURE = 4
/** As many as a group has. */
const MAX_LINKS = 50

export interface MeshOptions extends Pick<LinkOptions, 'environment' | 'iceServers' | 'media' | 'onChange'> {
  /** The call's id, or its group's: what is said in another one is not meant. */
  readonly tag: () => string | null
  readonly relay: (toPeerId: string, blob: Blob) => void
  readonly devices: () => Devices
  /** Somebody left for good. `isSaid`: by saying so. */
  readonly onGone: (peerId: string, isSaid: boolean) => void
  readonly onTick: () => void
}

interface Entry {
  readonly link: Link
  cancelGrace: (() => void) | null
}

/** The connections of a call: one to each of the others. */
export class Mesh {
  isSpeaking = false
  readonly #with: MeshOptions
  readonly #entries = new Map<string, Entry>()
  #cancelTick: (() => void) | null = null
  #ticks = 0

  constructor(options: MeshOptions) {
    this.#with = options
  }

  get links(): readonly Link[] {
    return [...this.#entries.values()].map(({ link }) => link)
  }

  get views(): readonly Participant[] {
    return this.links.filter(({ isThere }) => isThere).map(({ view }) => view)
  }

  /** To be in the call with somebody. Says hello; who is here already is greeted again. */
  add(peer: LinkOptions['peer'], isOfferer: boolean): Link {
    const { peerId } = peer
    let entry = this.#entries.get(peerId)
    if (entry === undefined) {
      if (this.#entries.size >= MAX_LINKS) this.drop(this.#entries.keys().next().value ?? '')
      const { environment, iceServers, media, onChange } = this.#with
      const send = (blob: Blob) => this.#say(peerId, blob)
      entry = {
        link: new Link({ peer, isOfferer, environment, iceServers, media, onChange, send }),
        cancelGrace: null,
      }
      this.#entries.set(peerId, entry)
      this.#cancelTick ??= environment.after(TICK, () => this.#tick())
    }
    this.#say(peerId, { hello: 'ask', devices: this.#with.devices() })
    this.#with.onChange()
    return entry.link
  }

  find(peerId: string): Link | undefined {
    return this.#entries.get(peerId)?.link
  }

  /** What a peer said. */
  take(peerId: string, data: unknown): void {
    const entry = this.#entries.get(peerId)
    const blob = readBlob(data)
    if (entry === undefined || (blob.call ?? this.#with.tag()) !== this.#with.tag()) return
    const { link } = entry
    if (blob.bye) {
      this.#gone(peerId, true)
      return
    }
    this.#stay(entry)
    link.isThere = true
    if (blob.devices !== undefined) link.devices = blob.devices
    if (blob.hello !== undefined) {
      link.isLasting = true
      if (blob.hello === 'ask') this.#say(peerId, { hello: 'answer', devices: this.#with.devices() })
      link.greet()
    }
    link.take(blob)
    this.#with.onChange()
  }

  /** The server says that the peer is gone. It may have lost its connection to the server alone. */
  miss(peerId: string): void {
    const entry = this.#entries.get(peerId)
    if (entry === undefined) return
    const { environment } = this.#with
    const since = environment.now()
    if (!entry.link.isLasting) {
      this.#gone(peerId, true)
      return
    }
    const look = () => {
      const isOver = !entry.link.isConnected || environment.now() - since >= GRACE
      if (isOver) this.#gone(peerId, false)
      else entry.cancelGrace = environment.after(SHORT_GRACE, look)
    }
    this.#stay(entry)
    entry.cancelGrace = environment.after(SHORT_GRACE, look)
  }

  drop(peerId: string): void {
    const entry = this.#entries.get(peerId)
    if (entry === undefined) return
    this.#stay(entry)
    this.#entries.delete(peerId)
    entry.link.close()
  }

  /** Tells everybody. */
  say(blob: Blob): void {
    for (const peerId of this.#entries.keys()) this.#say(peerId, blob)
  }

  close(): void {
    this.#cancelTick?.()
    for (const peerId of [...this.#entries.keys()]) this.drop(peerId)
  }

  #gone(peerId: string, isSaid: boolean): void {
    this.drop(peerId)
    this.#with.onGone(peerId, isSaid)
  }

  #stay(entry: Entry): void {
    entry.cancelGrace?.()
    entry.cancelGrace = null
  }

  #say(peerId: string, blob: Blob): void {
    const call = this.#with.tag()
    this.#with.relay(peerId, call === null ? blob : { call, ...blob })
  }

  #tick(): void {
    this.#cancelTick = this.#with.environment.after(TICK, () => this.#tick())
    this.#ticks += 1
    for (const link of this.links) {
      link.tick()
      if (this.#ticks % MEASURE === 0) link.measure().catch(() => {})
    }
    this.#with.onTick()
    this.links
      .find(({ isConnected }) => isConnected)
      ?.loudness()
      .then((level) => this.#hearOneself(isSpeech(level)))
      .catch(() => {})
  }

  #hearOneself(isSpeaking: boolean): void {
    if (isSpeaking === this.isSpeaking) return
    this.isSpeaking = isSpeaking
    this.#with.onChange()
  }
}
