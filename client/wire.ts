import type { ChannelsAnswers, ChannelsEvents, ChannelsRequests } from '@parley/dialect-channels'
import type { WhisperEvents, WhisperRequests } from '@parley/dialect-whisper'

/** What is emitted over the one Socket.IO connection, by event: the argument. From the schemas of the two dialects. */
export type ClientEvents = ChannelsRequests &
  WhisperRequests & { readonly 'auth:renew': { readonly token: string } }
/** What is heard, by event: the argument. */
export type ServerEvents = ChannelsEvents & WhisperEvents

/** What an acknowledgement holds besides `ok: true`. */
export type Answer<E extends keyof ClientEvents> = E extends keyof ChannelsAnswers
  ? ChannelsAnswers[E]
  : Readonly<Record<string, unknown>>
