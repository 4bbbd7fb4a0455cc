import type { Call, CallEnd, CallOptions, CallPhase, CallProblem, CallView } from '../api/call.ts'
import { Value } from '../value.ts'
import type { Devices } from './blob.ts'
import type { CallEnvironment } from './call-environment.ts'
import type { SendFrame } from './frames.ts'
import type { LinkOptions } from './link.ts'
import { LocalMedia } from './local-media.ts'
import { Mesh } from './mesh.ts'
import type { Member } from './signal-line.ts'

/** Nothing has come through for so long (ms): it is said. */
const NOTICE = 8_000

export interface LiveCallOptions {
  readonly kind: Call['kind']
  readonly groupId: string | null
  readonly name: string
  readonly user: Call['user']
  /** Of a direct call that came: its id. */
  readonly callId: string | null
  readonly environment: CallEnvironment
  readonly iceServers: Promise<RTCIceServer[]>
  readonly ownPeerId: string
  readonly send: SendFrame
  readonly retrySignal: () => void
  /** Called once. */
  readonly onEnd: () => void
}

/** What is wrong, the gravest first. */
const SLOTS = ['network', 'signal', 'microphone', 'camera', 'screen'] as const
type Slot = (typeof SLOTS)[number]

/** One call, from the first ring to its end. */
export class LiveCall implements Call {
  readonly kind: Call['kind']
  readonly groupId: string | null
  readonly name: string
  readonly user: Call['user']
  readonly view: Value<CallView>
  /** Of a direct call; null: not known yet. */
  callId: string | null
  readonly #with: LiveCallOptions
  readonly #media: LocalMedia
  readonly #mesh: Mesh
  readonly #problems = new Map<Slot, CallProblem>()
  #phase: CallPhase = 'ringing'
  #end: CallEnd | null = null
  #activeSince: number | null = null

  constructor(options: LiveCallOptions) {
    this.#with = options
    this.kind = options.kind
    this.groupId = options.groupId
    this.name = options.name
    this.user = options.user
    this.callId = options.callId
    const { environment, iceServers, send } = options
    const onChange = () => this.#render()
    this.#media = new LocalMedia({
      environment,
      isMany: this.kind === 'group',
      onChange: () => this.#show(),
      onProblem: (kind, problem) => this.#note(kind, problem),
    })
    this.#mesh = new Mesh({
      environment,
      iceServers,
      media: this.#media,
      onChange,
      tag: () => this.groupId ?? this.callId,
      relay: (toPeerId, data) => send('signal', { toPeerId, data }),
      devices: () => this.#devices(),
      onGone: (_, isSaid) => this.#gone(isSaid),
      onTick: () => this.#watch(),
    })
    this.view = new Value(this.#look())
  }

  get isOver(): boolean {
    return this.#phase === 'ended'
  }

  get isRinging(): boolean {
    return this.#phase === 'ringing'
  }

  /** Answered here, and nothing of the other side came yet. */
  get isUnheard(): boolean {
    return this.#phase === 'connecting' && !this.#mesh.links.some(({ isThere }) => isThere)
  }

  /** Nobody is connected. */
  get isAlone(): boolean {
    return !this.#mesh.links.some(({ isConnected }) => isConnected)
  }

  /** Asks for the devices, in the background. */
  start({ video }: CallOptions): void {
    void this.#media.start(video)
  }

  /** A direct call was answered. */
  connect(peer: LinkOptions['peer'], isOfferer: boolean): void {
    if (this.isOver) return
    this.#phase = 'connecting'
    const link = this.#mesh.add(peer, isOfferer)
    if (isOfferer) {
      link.isThere = true
      link.offer()
    }
    this.#render()
  }

  /** Oneself is in a group's call. */
  enter(members: readonly Member[]): void {
    this.#phase = 'active'
    this.#activeSince ??= this.#with.environment.now()
    this.#note('signal', null)
    for (const member of members) this.meet(member)
    const known = new Set(members.map(({ peerId }) => peerId))
    for (const { peer } of this.#mesh.links) if (!known.has(peer.peerId)) this.#mesh.miss(peer.peerId)
  }

  /** Somebody of the group can be called. The lower peer id offers. */
  meet({ peerId, username, accountId }: Member): void {
    const { ownPeerId } = this.#with
    if (peerId === undefined || peerId === ownPeerId || this.isOver) return
    this.#mesh.add({ peerId, username, accountId: accountId ?? null }, ownPeerId < peerId)
  }

  has(peerId: string): boolean {
    return this.#mesh.find(peerId) !== undefined
  }

  /** Somebody of the group calls, as clients of document 000 do. */
  answer(peerId: string): void {
    const link = this.#mesh.find(peerId)
    if (link !== undefined) link.isThere = true
  }

  take(peerId: string, data: unknown): void {
    this.#mesh.take(peerId, data)
  }

  miss(peerId: string): void {
    this.#mesh.miss(peerId)
  }

  /** The connection to the server is there, or not. Who is connected stays so without it. */
  setSignal(isUp: boolean): void {
    if (this.isOver) return
    this.#note('signal', isUp ? null : 'signal-lost')
    if (isUp && this.kind === 'direct') for (const { peer } of this.#mesh.links) this.#mesh.add(peer, false)
  }

  end(end: CallEnd): void {
    if (this.isOver) return
    this.#phase = 'ended'
    this.#end = end
    this.#mesh.say({ bye: true })
    if (this.kind === 'direct')
      for (const { peer } of this.#mesh.links) this.#with.send('call-ended', { toPeerId: peer.peerId })
    this.#mesh.close()
    this.#problems.clear()
    this.#media.close()
    this.#render()
    this.#with.onEnd()
  }

  hangUp(): void {
    if (this.isRinging && this.callId !== null) this.#with.send('call-ended', { callId: this.callId })
    this.end(this.isRinging ? 'cancelled' : 'hung-up')
  }

  async setMicrophone(on: boolean): Promise<void> {
    if (!this.isOver) await this.#media.turn('microphone', on)
  }

  async setCamera(on: boolean): Promise<void> {
    if (!this.isOver) await this.#media.turn('camera', on)
  }

  async shareScreen(on: boolean): Promise<void> {
    if (!this.isOver) await this.#media.turn('screen', on)
  }

  async setDevice(kind: 'microphone' | 'camera' | 'speaker', deviceId: string): Promise<void> {
    if (!this.isOver) await this.#media.choose(kind, deviceId)
  }

  async mend(): Promise<void> {
    const slot = SLOTS.find((each) => this.#problems.has(each))
    if (slot === undefined || this.isOver) return
    if (slot === 'signal') this.#with.retrySignal()
    else if (slot === 'network') for (const link of this.#mesh.links) link.mend()
    else await this.#media.turn(slot, true)
  }

  #gone(isSaid: boolean): void {
    if (this.kind === 'direct') this.end(isSaid ? 'hung-up' : 'network')
    else this.#render()
  }

  /** Something else is shown now: those who see it get it, and are told. */
  #show(): void {
    if (this.isOver) return
    for (const link of this.#mesh.links) link.sync()
    this.#mesh.say({ devices: this.#devices() })
    this.#render()
  }

  #devices(): Devices {
    const screen = this.#media.isOn('screen')
    return { audio: this.#media.isOn('microphone'), video: this.#media.isOn('camera'), screen }
  }

  #watch(): void {
    const links = this.#mesh.links.filter(({ isThere }) => isThere)
    const isDown = links.length > 0 && links.every(({ downFor }) => downFor > NOTICE)
    this.#note('network', isDown ? 'network-failed' : null)
    const isHopeless = links.some(({ view }) => view.connection === 'failed')
    if (this.kind === 'direct' && isHopeless) this.end('network')
  }

  #note(slot: Slot, problem: CallProblem | null): void {
    if ((this.#problems.get(slot) ?? null) === problem || this.isOver) return
    if (problem === null) this.#problems.delete(slot)
    else this.#problems.set(slot, problem)
    this.#render()
  }

  #render(): void {
    if (this.#phase === 'connecting' && !this.isAlone) {
      this.#phase = 'active'
      this.#activeSince = this.#with.environment.now()
    }
    this.view.set(this.#look())
  }

  #look(): CallView {
    const { audio, video, screen } = this.#devices()
    const slot = SLOTS.find((each) => this.#problems.has(each))
    return {
      phase: this.#phase,
      end: this.#end,
      problem: slot === undefined ? null : (this.#problems.get(slot) ?? null),
      activeSince: this.#activeSince,
      local: {
        stream: this.#media.stream,
        microphone: audio,
        camera: video,
        screen,
        isSpeaking: this.#mesh.isSpeaking && audio,
        devices: { ...this.#media.devices },
      },
      participants: this.#mesh.views,
    }
  }
}
