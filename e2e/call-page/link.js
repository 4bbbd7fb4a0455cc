// One peer connection. The caller offers and the callee answers, so that no two offers cross; after that a track
// may be replaced, which needs no word between them.

export class Link {
  #connection
  #send
  #media
  /** What the other side says takes effect in the order of its arrival. */
  #turn = Promise.resolve()
  stream = new MediaStream()

  /** `send` relays a blob to the other side; `media` is the stream that this side shows. */
  constructor({ iceServers, iceTransportPolicy, media, send, onTrack }) {
    this.#connection = new RTCPeerConnection({ iceServers, iceTransportPolicy, bundlePolicy: 'max-bundle' })
    this.#media = media
    this.#send = send
    this.#connection.onicecandidate = ({ candidate }) => candidate && send({ candidate })
    this.#connection.ontrack = ({ track }) => {
      this.stream.addTrack(track)
      onTrack(this.stream)
    }
  }

  /** What the caller does once the callee has accepted. */
  async offer() {
    this.#addMedia()
    await this.#connection.setLocalDescription()
    this.#send({ description: this.#connection.localDescription })
  }

  /** Takes a description or a candidate of the other side. */
  take(blob) {
    this.#turn = this.#turn.then(async () => {
      try {
        await (blob.description ? this.#describe(blob) : this.#connection.addIceCandidate(blob.candidate))
      } catch (error) {
        // What comes for a call that has just ended harms nobody.
        if (this.#connection.signalingState !== 'closed') reportError(error)
      }
    })
  }

  /** Sends another picture in the same track, without negotiating again. */
  replaceVideo(track) {
    const sender = this.#connection.getSenders().find((one) => one.track?.kind === 'video')
    return sender.replaceTrack(track)
  }

  /** What arrives: counters of the inbound audio and video. */
  async received() {
    const reports = [...(await this.#connection.getStats()).values()]
    const inbound = (kind) => reports.find((one) => one.type === 'inbound-rtp' && one.kind === kind) ?? {}
    const [audio, video] = [inbound('audio'), inbound('video')]
    const pair = reports.find((one) => one.type === 'candidate-pair' && one.nominated) ?? {}
    const local = reports.find((one) => one.id === pair.localCandidateId)
    return {
      connectionState: this.#connection.connectionState,
      candidateType: local?.candidateType ?? null,
      framesDecoded: video.framesDecoded ?? 0,
      audioBytes: audio.bytesReceived ?? 0,
      audioEnergy: audio.totalAudioEnergy ?? 0,
      audioSeconds: audio.totalSamplesDuration ?? 0,
    }
  }

  close() {
    this.#connection.close()
  }

  async #describe({ description }) {
    const connection = this.#connection
    await connection.setRemoteDescription(description)
    if (description.type !== 'offer') return
    this.#addMedia()
    await connection.setLocalDescription()
    this.#send({ description: connection.localDescription })
  }

  #addMedia() {
    for (const track of this.#media.getTracks()) this.#connection.addTrack(track, this.#media)
  }
}
