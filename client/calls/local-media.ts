import type { CallProblem } from '../api/call.ts'
import type { CallEnvironment } from './call-environment.ts'

export type MediaKind = 'microphone' | 'camera' | 'screen'

export interface LocalMediaOptions {
  readonly environment: CallEnvironment
  /** Prefer a smaller picture: it goes to several. */
  readonly isMany: boolean
  /** Something is shown that was not, or the other way round. */
  readonly onChange: () => void
  readonly onProblem: (kind: MediaKind, problem: CallProblem | null) => void
}

/** What this device shows in a call: microphone, camera, screen. */
export class LocalMedia {
  readonly #with: LocalMediaOptions
  readonly #tracks: Record<MediaKind, MediaStreamTrack | null> = {
    microphone: null,
    camera: null,
    screen: null,
  }
  readonly devices: Record<'microphone' | 'camera' | 'speaker', string | null> = {
    microphone: null,
    camera: null,
    speaker: null,
  }
  #isMuted = false
  #isClosed = false
  #stream: MediaStream | null = null

  constructor(options: LocalMediaOptions) {
    this.#with = options
  }

  /** What the others get. The screen takes the place of the camera. */
  get outgoing(): { readonly audio: MediaStreamTrack | null; readonly video: MediaStreamTrack | null } {
    const { microphone, camera, screen } = this.#tracks
    return { audio: microphone, video: screen ?? camera }
  }

  /** The picture that the others get; the same object as long as it is the same picture. */
  get stream(): MediaStream | null {
    const { video } = this.outgoing
    if (video === null) this.#stream = null
    else if (this.#stream?.getVideoTracks()[0] !== video)
      this.#stream = this.#with.environment.newStream([video])
    return this.#stream
  }

  isOn(kind: MediaKind): boolean {
    return this.#tracks[kind] !== null && !(kind === 'microphone' && this.#isMuted)
  }

  /** Asks for all at once, and one by one when that is refused, so as to know what is wrong. */
  async start(video: boolean): Promise<void> {
    const { mediaDevices } = this.#with.environment
    if (video && mediaDevices !== undefined) {
      try {
        const constraints = { audio: this.#constraints('microphone'), video: this.#constraints('camera') }
        const stream = await mediaDevices.getUserMedia(constraints)
        this.#put('microphone', stream.getAudioTracks()[0])
        this.#put('camera', stream.getVideoTracks()[0])
        return
      } catch {}
    }
    await this.turn('microphone', true)
    if (video) await this.turn('camera', true)
  }

  /** Never rejects: what is wrong is a problem. Muting keeps the microphone; a camera that is off is let go. */
  async turn(kind: MediaKind, on: boolean): Promise<void> {
    if (kind === 'microphone') this.#isMuted = !on
    if (kind === 'microphone' && this.#tracks.microphone !== null) {
      this.#tracks.microphone.enabled = on
      this.#with.onChange()
    } else if (!on) this.#put(kind, undefined)
    else if (this.#tracks[kind] === null) await this.#open(kind)
    if (!on) this.#with.onProblem(kind, null)
  }

  async choose(kind: 'microphone' | 'camera' | 'speaker', deviceId: string): Promise<void> {
    const before = this.devices[kind]
    this.devices[kind] = deviceId
    if (kind !== 'speaker' && this.#tracks[kind] !== null && !(await this.#open(kind)))
      this.devices[kind] = before
    this.#with.onChange()
  }

  close(): void {
    this.#isClosed = true
    for (const kind of ['microphone', 'camera', 'screen'] as const) this.#put(kind, undefined)
  }

  async #open(kind: MediaKind): Promise<boolean> {
    const { environment, onProblem } = this.#with
    const { mediaDevices } = environment
    try {
      if (mediaDevices === undefined) throw undefined
      const stream = await (kind === 'screen'
        ? mediaDevices.getDisplayMedia({ video: true })
        : mediaDevices.getUserMedia({ [kind === 'camera' ? 'video' : 'audio']: this.#constraints(kind) }))
      this.#put(kind, stream.getTracks()[0])
      return true
    } catch (error) {
      onProblem(kind, mediaDevices === undefined ? 'insecure-page' : problemOf(kind, error))
      return false
    }
  }

  #put(kind: MediaKind, track: MediaStreamTrack | undefined): void {
    const before = this.#tracks[kind]
    if (before !== null) {
      before.onended = null
      before.stop()
    }
    this.#tracks[kind] = null
    if (track !== undefined && this.#isClosed) track.stop()
    else if (track !== undefined) this.#use(kind, track)
    this.#with.onChange()
  }

  #use(kind: MediaKind, track: MediaStreamTrack): void {
    this.#tracks[kind] = track
    if (kind === 'microphone') track.enabled = !this.#isMuted
    if (kind === 'screen') track.contentHint = 'detail'
    else this.devices[kind] = track.getSettings().deviceId ?? this.devices[kind]
    this.#with.onProblem(kind, null)
    // Unplugged, or the browser's own button for the end of sharing.
    track.onended = () => {
      this.#put(kind, undefined)
      if (kind !== 'screen') this.#with.onProblem(kind, `${kind}-missing`)
    }
  }

  #constraints(kind: MediaKind): MediaTrackConstraints {
    const deviceId = kind === 'screen' ? null : this.devices[kind]
    const [width, height] = this.#with.isMany ? [640, 360] : [1280, 720]
    return {
      ...(deviceId !== null && { deviceId: { exact: deviceId } }),
      ...(kind === 'camera'
        ? { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 24 } }
        : { echoCancellation: true, noiseSuppression: true, autoGainControl: true }),
    }
  }
}

const problemOf = (kind: MediaKind, error: unknown): CallProblem => {
  if (kind === 'screen') return 'share-denied'
  const name = (error as Partial<Error> | null)?.name
  if (name === 'NotAllowedError' || name === 'SecurityError') return `${kind}-denied`
  return name === 'NotReadableError' || name === 'AbortError' ? 'device-busy' : `${kind}-missing`
}
