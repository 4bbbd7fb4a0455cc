import type { Counted } from './traffic.ts'

/** Somebody who connects. */
export interface Client {
  /** Of the node. */
  readonly url: string
  readonly userId: string
  readonly token: string
}

export interface ChannelClient extends Client {
  readonly channelIds: readonly string[]
}

/** A message to send; `from` and `person` are places in the list of clients. */
export interface Send {
  /** After the beginning (ms). */
  readonly at: number
  readonly from: number
  readonly to: { readonly person: number } | { readonly channelId: string }
}

/** What the generator is told to do. One at a time. */
export type Order =
  /** Everybody connects; what was connected before stays. */
  | { readonly kind: 'chat'; readonly clients: readonly Client[] }
  | { readonly kind: 'channels'; readonly clients: readonly ChannelClient[] }
  /** At the times that are given, whatever the answers; `expected` ends the waiting. */
  | { readonly kind: 'send'; readonly sends: readonly Send[]; readonly expected: Counted }
  /** Chat clients 2k and 2k + 1 write to each other, `outstanding` each at a time, until so many messages are confirmed. */
  | { readonly kind: 'burst'; readonly messages: number; readonly outstanding: number }
  /** Connections that are only held. */
  | { readonly kind: 'hold'; readonly dialect: 'chat' | 'channels'; readonly clients: readonly Client[] }
  | { readonly kind: 'leave' }

export interface BurstResult {
  readonly messages: number
  readonly seconds: number
}

/** What it answers, by the kind of the order. */
export interface Answers {
  readonly chat: null
  readonly channels: null
  readonly send: Counted
  readonly burst: BurstResult
  readonly hold: null
  readonly leave: null
}

export type Answer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly why: string }
