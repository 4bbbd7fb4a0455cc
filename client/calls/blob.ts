/** What each side shows. */
export interface Devices {
  readonly audio: boolean
  readonly video: boolean
  readonly screen: boolean
}

/** What peers of a call say to each other through `signal`. Everything is optional: it comes from strangers. */
export interface Blob {
  /** The call's id, or its group's. */
  readonly call?: string
  /** `ask`: I am here, say so too; `answer` to it. Who says it keeps the call over a break of the signal. */
  readonly hello?: 'ask' | 'answer'
  readonly devices?: Devices
  readonly description?: RTCSessionDescriptionInit
  readonly candidate?: RTCIceCandidateInit
  /** From the side that answers: the connection failed, offer another way. */
  readonly restart?: true
  /** Hangs up. */
  readonly bye?: true
}

/** What somebody sent, as far as it can be used. */
export const readBlob = (data: unknown): Blob => {
  const { call, hello, devices, description, candidate, restart, bye } = objectOf(data) ?? {}
  const told = objectOf(devices)
  const offered = objectOf(description)
  const way = objectOf(candidate)
  const isDescription =
    (offered?.type === 'offer' || offered?.type === 'answer') && typeof offered.sdp === 'string'
  return {
    ...(typeof call === 'string' && { call }),
    ...((hello === 'ask' || hello === 'answer') && { hello }),
    ...(told && {
      devices: { audio: told.audio === true, video: told.video === true, screen: told.screen === true },
    }),
    ...(isDescription && { description: offered as unknown as RTCSessionDescriptionInit }),
    ...(way && { candidate: way as RTCIceCandidateInit }),
    ...(restart === true && { restart }),
    ...(bye === true && { bye }),
  }
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> | null =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
