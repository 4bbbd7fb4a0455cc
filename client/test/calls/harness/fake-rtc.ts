interface Description {
  readonly type: 'offer' | 'answer'
  readonly sdp: string
}

/** A track of a device. */
export class FakeTrack {
  enabled = true
  contentHint = ''
  readyState = 'live'
  onended: (() => void) | null = null
  readonly kind: string
  readonly label: string

  constructor(kind: string, label: string) {
    this.kind = kind
    this.label = label
  }

  getSettings(): { readonly deviceId: string } {
    return { deviceId: this.label }
  }

  stop(): void {
    this.readyState = 'ended'
  }
}

export class FakeStream {
  readonly #tracks: FakeTrack[]

  constructor(tracks: readonly FakeTrack[]) {
    this.#tracks = [...tracks]
  }

  addTrack(track: FakeTrack): void {
    this.#tracks.push(track)
  }

  getTracks(): readonly FakeTrack[] {
    return this.#tracks
  }

  getAudioTracks(): readonly FakeTrack[] {
    return this.#tracks.filter(({ kind }) => kind === 'audio')
  }

  getVideoTracks(): readonly FakeTrack[] {
    return this.#tracks.filter(({ kind }) => kind === 'video')
  }
}

class FakeSender {
  track: FakeTrack | null = null

  async replaceTrack(track: FakeTrack | null): Promise<void> {
    this.track = track
  }

  async getStats(): Promise<Map<string, unknown>> {
    return new Map()
  }
}

class FakeTransceiver {
  direction = 'recvonly'
  readonly sender = new FakeSender()
  readonly receiver: { readonly track: FakeTrack }

  constructor(kind: string) {
    this.receiver = { track: new FakeTrack(kind, 'remote') }
  }
}

/** Connects peers whose descriptions met, while it is up. */
export class FakeNetwork {
  isUp = true
  readonly peers: FakePeer[] = []
  #ids = 0

  newPeer = (): FakePeer => {
    this.#ids += 1
    const peer = new FakePeer(this, `pc-${this.#ids}`)
    this.peers.push(peer)
    return peer
  }

  find(id: string): FakePeer | undefined {
    return this.peers.find((peer) => peer.id === id)
  }

  get open(): readonly FakePeer[] {
    return this.peers.filter(({ signalingState }) => signalingState !== 'closed')
  }

  /** The one whose offer was taken first. */
  get offerer(): FakePeer {
    const found = this.peers.find(({ localDescription }) => localDescription?.type === 'offer')
    if (found === undefined) throw new Error('nobody offered')
    return found
  }

  /** Everything that is connected breaks. */
  break(): void {
    this.isUp = false
    for (const peer of this.open) if (peer.connectionState === 'connected') peer.become('disconnected')
  }
}

/** A peer connection whose descriptions are its id: two that know each other's are connected. */
export class FakePeer {
  signalingState = 'stable'
  connectionState = 'new'
  localDescription: (Description & { toJSON(): Description }) | null = null
  onicecandidate: ((event: { readonly candidate: unknown }) => void) | null = null
  ontrack: ((event: { readonly track: FakeTrack }) => void) | null = null
  onconnectionstatechange: (() => void) | null = null
  restarts = 0
  remote: string | null = null
  readonly id: string
  readonly #network: FakeNetwork
  readonly #lines: FakeTransceiver[] = []

  constructor(network: FakeNetwork, id: string) {
    this.#network = network
    this.id = id
  }

  get senders(): readonly FakeSender[] {
    return this.#lines.map(({ sender }) => sender)
  }

  addTransceiver(kind: string, { direction }: { readonly direction: string }): FakeTransceiver {
    const line = new FakeTransceiver(kind)
    line.direction = direction
    this.#lines.push(line)
    return line
  }

  getTransceivers(): readonly FakeTransceiver[] {
    return this.#lines
  }

  getReceivers(): readonly FakeTransceiver['receiver'][] {
    return this.#lines.map(({ receiver }) => receiver)
  }

  restartIce(): void {
    this.restarts += 1
  }

  async setLocalDescription(): Promise<void> {
    const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer'
    const description = { type, sdp: this.id } as const
    this.localDescription = { ...description, toJSON: () => description }
    this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable'
    const candidate = { candidate: `candidate of ${this.id}` }
    this.onicecandidate?.({ candidate: { ...candidate, toJSON: () => candidate } })
  }

  async setRemoteDescription({ type, sdp }: Description): Promise<void> {
    const wanted = type === 'offer' ? 'stable' : 'have-local-offer'
    if (this.signalingState !== wanted) throw new Error('InvalidStateError')
    if (this.remote === null) {
      if (type === 'offer') this.#lines.push(new FakeTransceiver('audio'), new FakeTransceiver('video'))
      this.remote = sdp
      for (const { receiver } of this.#lines) this.ontrack?.({ track: receiver.track })
    }
    this.signalingState = type === 'offer' ? 'have-remote-offer' : 'stable'
    if (type === 'answer' && this.#network.isUp)
      setImmediate(() => {
        this.become('connected')
        this.#network.find(sdp)?.become('connected')
      })
  }

  async addIceCandidate(): Promise<void> {
    if (this.remote === null) throw new Error('InvalidStateError')
  }

  async getStats(): Promise<Map<string, unknown>> {
    return new Map([['pair', { type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.4 }]])
  }

  become(state: string): void {
    if (this.signalingState === 'closed') return
    this.connectionState = state
    this.onconnectionstatechange?.()
  }

  close(): void {
    this.signalingState = 'closed'
    this.connectionState = 'closed'
  }
}
