import type { CallQuality, Participant } from '../api/call.ts'
import type { Blob, Devices } from './blob.ts'
import type { CallEnvironment } from './call-environment.ts'
import type { LocalMedia } from './local-media.ts'
import { type Counters, qualityOf } from './quality.ts'

/** A connection that does not come about, or broke, is tried again after so long (ms). */
const FIRST_TRY = 10_000
const AFTER_BREAK = 3_000
const NEXT_TRY = 6_000
/** After so many tries it failed. */
const MAX_TRIES = 5
/** Candidates of one peer that are looked at: nobody has so many. */
const MAX_CANDIDATES = 500
/** From here somebody speaks (0 to 1). */
const SPEECH = 0.02

export interface LinkOptions {
  readonly peer: {
    readonly peerId: string
    readonly username: string
    readonly accountId: string | null
  }
  /** One side offers, always the same; the other one answers, so that no two offers cross. */
  readonly isOfferer: boolean
  readonly environment: CallEnvironment
  readonly iceServers: Promise<RTCIceServer[]>
  readonly media: LocalMedia
  readonly send: (blob: Blob) => void
  readonly onChange: () => void
}

/** The connection to one other peer of a call. */
export class Link {
  readonly peer: LinkOptions['peer']
  /** The peer said something in this call. */
  isThere = false
  /** The peer keeps a call over a break of the signal. */
  isLasting = false
  devices: Devices = { audio: true, video: false, screen: false }
  isOfferer: boolean
  readonly #with: LinkOptions
  readonly #stream: MediaStream
  #pc: RTCPeerConnection | null = null
  /** What is said takes effect in order. */
  #turn: Promise<unknown>
  #isClosed = false
  #hasOffered = false
  #wasConnected = false
  #candidates = 0
  #tries = 0
  #downSince: number | null
  #nextTry: number
  #isSpeaking = false
  #quality: CallQuality | null = null
  #counters: Counters = { received: 0, lost: 0 }
  #sent: { readonly audio: RTCRtpSender | null; readonly video: RTCRtpSender | null } = {
    audio: null,
    video: null,
  }

  constructor(options: LinkOptions) {
    this.#with = options
    this.peer = options.peer
    this.isOfferer = options.isOfferer
    this.#stream = options.environment.newStream([])
    this.#downSince = options.environment.now()
    this.#nextTry = this.#downSince + FIRST_TRY
    this.#turn = options.iceServers.then((iceServers) => {
      if (!this.#isClosed) this.#open(iceServers)
    })
  }

  get isConnected(): boolean {
    return this.#downSince === null
  }

  /** Ms for which nothing has come through. */
  get downFor(): number {
    return this.#downSince === null ? 0 : this.#with.environment.now() - this.#downSince
  }

  get view(): Participant {
    const { audio, video, screen } = this.devices
    return {
      ...this.peer,
      stream: this.#stream.getTracks().length > 0 ? this.#stream : null,
      microphone: audio,
      camera: video,
      screen,
      isSpeaking: this.#isSpeaking && audio,
      quality: this.isConnected ? this.#quality : null,
      connection: this.#connection(),
    }
  }

  /** Offers, or offers again: what was not answered, else another way through the network. */
  offer(): void {
    this.#do(async (pc) => {
      if (pc.signalingState === 'stable') {
        if (this.#hasOffered) pc.restartIce()
        else this.#allocate(pc)
        this.#hasOffered = true
        await pc.setLocalDescription()
      }
      if (pc.localDescription !== null) this.#with.send({ description: pc.localDescription.toJSON() })
    })
  }

  /** The other side is there (again). */
  greet(): void {
    if (this.isOfferer && (!this.#hasOffered || !this.isConnected)) this.offer()
  }

  take({ description, candidate, restart }: Blob): void {
    if (restart && this.isOfferer && this.#hasOffered) this.offer()
    if (description !== undefined) this.#do((pc) => this.#describe(pc, description))
    if (candidate === undefined || this.#candidates >= MAX_CANDIDATES) return
    this.#candidates += 1
    this.#do((pc) => pc.addIceCandidate(candidate))
  }

  /** Sends what is shown now. */
  sync(): void {
    const { audio, video } = this.#with.media.outgoing
    for (const [sender, track] of [
      [this.#sent.audio, audio],
      [this.#sent.video, video],
    ] as const) {
      if (sender !== null && sender.track !== track) void sender.replaceTrack(track).catch(() => {})
    }
  }

  /** Tries anew, with all tries ahead. */
  mend(): void {
    this.#tries = 0
    this.#nextTry = 0
    this.tick()
  }

  /** To be called twice a second. */
  tick(): void {
    this.#listen()
    if (this.#downSince === null || this.#with.environment.now() < this.#nextTry || this.#tries >= MAX_TRIES)
      return
    if (!this.isThere) return
    this.#tries += 1
    this.#nextTry = this.#with.environment.now() + NEXT_TRY
    if (this.isOfferer) this.offer()
    else this.#with.send({ restart: true })
    this.#with.onChange()
  }

  async measure(): Promise<void> {
    if (this.#pc === null || !this.isConnected) return
    const { quality, counters } = qualityOf(await this.#pc.getStats(), this.#counters)
    this.#counters = counters
    if (quality === this.#quality) return
    this.#quality = quality
    this.#with.onChange()
  }

  /** How loud one's own sound is that goes out (0 to 1). */
  async loudness(): Promise<number> {
    let level = 0
    const report = await this.#sent.audio?.getStats()
    report?.forEach((stat: { readonly type: string; readonly audioLevel?: number }) => {
      if (stat.type === 'media-source') level = stat.audioLevel ?? 0
    })
    return level
  }

  close(): void {
    this.#isClosed = true
    this.#pc?.close()
  }

  #open(iceServers: RTCIceServer[]): void {
    const pc = this.#with.environment.newPeer({ iceServers, bundlePolicy: 'max-bundle' })
    this.#pc = pc
    pc.onicecandidate = ({ candidate }) => {
      if (candidate !== null && candidate.candidate !== '') this.#with.send({ candidate: candidate.toJSON() })
    }
    pc.ontrack = ({ track }) => {
      this.#stream.addTrack(track)
      this.#with.onChange()
    }
    pc.onconnectionstatechange = () => this.#onState(pc.connectionState)
  }

  #onState(state: RTCPeerConnectionState): void {
    const now = this.#with.environment.now()
    if (state === 'connected') {
      this.#wasConnected = true
      this.isThere = true
      this.#downSince = null
      this.#tries = 0
    } else if (this.#downSince === null) {
      this.#downSince = now
      this.#nextTry = now + AFTER_BREAK
    } else if (state === 'failed') this.#nextTry = Math.min(this.#nextTry, now + AFTER_BREAK)
    this.#with.onChange()
  }

  #connection(): Participant['connection'] {
    if (this.isConnected) return 'connected'
    if (this.#tries >= MAX_TRIES) return 'failed'
    return this.#wasConnected ? 'reconnecting' : 'connecting'
  }

  #listen(): void {
    const receiver = this.#pc?.getReceivers().find(({ track }) => track.kind === 'audio')
    const [source] = receiver?.getSynchronizationSources?.() ?? []
    const isSpeaking = isSpeech(source?.audioLevel)
    if (isSpeaking === this.#isSpeaking) return
    this.#isSpeaking = isSpeaking
    this.#with.onChange()
  }

  /** A line for each kind from the start, so that whatever is shown later needs no other word. */
  #allocate(pc: RTCPeerConnection): void {
    const streams = [this.#with.environment.newStream([])]
    const [audio, video] = (['audio', 'video'] as const).map(
      (kind) => pc.addTransceiver(kind, { direction: 'sendrecv', streams }).sender,
    )
    this.#sent = { audio: audio ?? null, video: video ?? null }
    this.sync()
  }

  async #describe(pc: RTCPeerConnection, description: RTCSessionDescriptionInit): Promise<void> {
    if (description.type === 'answer') {
      // One to an offer that was made twice comes twice.
      if (pc.signalingState === 'have-local-offer') await pc.setRemoteDescription(description)
      return
    }
    if (pc.signalingState !== 'stable') return
    await pc.setRemoteDescription(description)
    this.isOfferer = false
    const senderOf = (kind: string): RTCRtpSender | null => {
      const line = pc.getTransceivers().find(({ receiver }) => receiver.track.kind === kind)
      if (line !== undefined) line.direction = 'sendrecv'
      return line?.sender ?? null
    }
    this.#sent = { audio: senderOf('audio'), video: senderOf('video') }
    this.sync()
    await pc.setLocalDescription()
    if (pc.localDescription !== null) this.#with.send({ description: pc.localDescription.toJSON() })
  }

  #do(task: (pc: RTCPeerConnection) => Promise<unknown>): void {
    this.#turn = this.#turn
      .then(() => (this.#pc === null || this.#isClosed ? undefined : task(this.#pc)))
      // What does not fit, or comes for a call that just ended, harms nobody: a link that is down is tried again.
      .catch(() => {})
  }
}

export const isSpeech = (level: number | undefined): boolean => (level ?? 0) > SPEECH
