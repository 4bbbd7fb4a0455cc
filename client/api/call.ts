import type { Observable } from './observable.ts'

/** Calls over `/signal` (document 000), media between browsers by WebRTC. */
export interface Calls {
  /** `ready`: others can ring. */
  readonly state: Observable<'off' | 'connecting' | 'ready'>
  /** Calls that ring here, oldest first. */
  readonly incoming: Observable<readonly IncomingCall[]>
  /** The call one is in, or that just ended (until `dismiss` or the next). */
  readonly current: Observable<Call | null>
  /** While held, others can ring. The answer ends it. */
  listen(): () => void
  /** Rings every device of an account. Rejects with a `ParleyError` (`OFFLINE`, `USER_NOT_FOUND`, `RATE_LIMITED` …). */
  callUser(user: { readonly id: string; readonly username: string }, options: CallOptions): Promise<Call>
  /** Makes a group and enters its call. */
  createGroup(name: string, options: CallOptions & { readonly username: string }): Promise<Call>
  /** Enters the call of a group; `GROUP_NOT_FOUND`, `GROUP_FULL`. */
  joinGroup(groupId: string, options: CallOptions & { readonly username: string }): Promise<Call>
  /** Forgets a call that ended. */
  dismiss(): void
  close(): void
}

export interface CallOptions {
  /** Begin with the camera on. The microphone is always asked for. */
  readonly video: boolean
}

export interface IncomingCall {
  /** Epoch ms. */
  readonly since: number
  readonly callId: string | null
  readonly from: { readonly accountId: string | null; readonly username: string }
  /** Rejects when the call is over by then. */
  accept(options: CallOptions): Promise<Call>
  decline(): void
}

export type CallPhase = 'ringing' | 'connecting' | 'active' | 'ended'

/** Why a call is over. `taken`: another device of the account has it. */
export type CallEnd = 'hung-up' | 'declined' | 'missed' | 'taken' | 'cancelled' | 'network' | 'failed'

/** What is wrong and can be mended by the person: shown as a plain sentence. */
export type CallProblem =
  | 'microphone-denied'
  | 'microphone-missing'
  | 'camera-denied'
  | 'camera-missing'
  | 'device-busy'
  | 'share-denied'
  | 'insecure-page'
  | 'signal-lost'
  | 'network-failed'

/** From getStats: round trip and loss. */
export type CallQuality = 'good' | 'fair' | 'poor'

export interface Participant {
  readonly peerId: string
  readonly username: string
  readonly accountId: string | null
  /** What arrives; null until something does. */
  readonly stream: MediaStream | null
  readonly microphone: boolean
  readonly camera: boolean
  readonly screen: boolean
  readonly isSpeaking: boolean
  /** Null until it is known. */
  readonly quality: CallQuality | null
  readonly connection: 'connecting' | 'connected' | 'reconnecting' | 'failed'
}

export interface CallView {
  readonly phase: CallPhase
  readonly end: CallEnd | null
  readonly problem: CallProblem | null
  /** Epoch ms since when it is active; null: not yet. */
  readonly activeSince: number | null
  /** What oneself shows. */
  readonly local: {
    readonly stream: MediaStream | null
    readonly microphone: boolean
    readonly camera: boolean
    readonly screen: boolean
    readonly isSpeaking: boolean
    readonly devices: {
      readonly microphone: string | null
      readonly camera: string | null
      readonly speaker: string | null
    }
  }
  /** The others, in the order in which they came. */
  readonly participants: readonly Participant[]
}

export interface Call {
  readonly kind: 'direct' | 'group'
  /** Of a group: its id, for the link. */
  readonly groupId: string | null
  /** The group's name, or the other's. */
  readonly name: string
  /** Of a direct call: whom to call again; null: who called has no account. */
  readonly user: { readonly id: string; readonly username: string } | null
  readonly view: Observable<CallView>
  setMicrophone(on: boolean): Promise<void>
  setCamera(on: boolean): Promise<void>
  shareScreen(on: boolean): Promise<void>
  /** `kind` speaker is for the page: it gives `deviceId` to its media elements. */
  setDevice(kind: 'microphone' | 'camera' | 'speaker', deviceId: string): Promise<void>
  /** Tries again what `problem` names. */
  mend(): Promise<void>
  hangUp(): void
}
