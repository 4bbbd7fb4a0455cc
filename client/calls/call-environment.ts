import { type Environment, realEnvironment } from '../environment.ts'

/** What calls take from the world around them. Nothing of it is touched before a call needs it. */
export interface CallEnvironment extends Environment {
  openSocket(url: string): WebSocket
  newPeer(configuration: RTCConfiguration): RTCPeerConnection
  newStream(tracks: MediaStreamTrack[]): MediaStream
  /** Undefined where pages may not use devices: outside a secure context, or without a browser. */
  readonly mediaDevices: MediaDevices | undefined
  fetch(url: string, init: RequestInit): Promise<Response>
  /** `online`: the network came back. `pagehide`: the page goes. */
  on(event: 'online' | 'pagehide', listener: () => void): void
}

export const callEnvironment: CallEnvironment = {
  ...realEnvironment,
  openSocket: (url) => new WebSocket(url),
  newPeer: (configuration) => new RTCPeerConnection(configuration),
  newStream: (tracks) => new MediaStream(tracks),
  get mediaDevices() {
    return globalThis.navigator?.mediaDevices
  },
  fetch: (url, init) => fetch(url, init),
  on: (event, listener) => globalThis.addEventListener?.(event, listener),
}
