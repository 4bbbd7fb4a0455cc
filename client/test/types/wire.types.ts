import type {
  channelsAnswers,
  channelsClientEvents,
  channelsServerEvents,
  OwnChannelJson,
} from '@parley/dialect-channels'
import type { MemberJson, MessagesJson, OwnUserJson, RoomToldJson, UserJson } from '@parley/dialect-rest'
import type { whisperServerEvents } from '@parley/dialect-whisper'
import { expectTypeOf } from 'vitest'
import type { Conversation, Rest, Session } from '../../index.ts'
import type { SocketPort } from '../../socket-port.ts'
import type { Answer, ClientEvents, ServerEvents } from '../../wire.ts'

/** What a schema takes and gives: what the server checks is what the client is typed by. */
type In<S extends { readonly _zod: { readonly input: unknown } }> = S['_zod']['input']
type Out<S extends { readonly _zod: { readonly output: unknown } }> = S['_zod']['output']

// Every event of both dialects, and no other.
expectTypeOf<keyof ServerEvents>().toEqualTypeOf<
  keyof typeof channelsServerEvents | keyof typeof whisperServerEvents
>()
expectTypeOf<keyof typeof channelsClientEvents>().toExtend<keyof ClientEvents>()

// What is heard.
expectTypeOf<ServerEvents['message:new']>().toEqualTypeOf<Out<(typeof channelsServerEvents)['message:new']>>()
expectTypeOf<ServerEvents['presence']>().toEqualTypeOf<Out<(typeof channelsServerEvents)['presence']>>()
expectTypeOf<ServerEvents['users_online']>().toEqualTypeOf<
  Out<(typeof whisperServerEvents)['users_online']>
>()
expectTypeOf<ServerEvents['message:new']>().not.toBeAny()
expectTypeOf<ServerEvents['message:new']['seq']>().toEqualTypeOf<number>()
expectTypeOf<ServerEvents['new_message']['content']>().toEqualTypeOf<string>()

// What is emitted, and what the acknowledgement holds.
expectTypeOf<ClientEvents['message:send']>().toEqualTypeOf<
  In<(typeof channelsClientEvents)['message:send']>
>()
expectTypeOf<ClientEvents['sync']>().not.toBeAny()
expectTypeOf<Answer<'message:send'>>().toEqualTypeOf<Out<(typeof channelsAnswers)['message:send']>>()
expectTypeOf<Answer<'message:send'>['rev']>().toEqualTypeOf<number>()
expectTypeOf<Answer<'sync'>['epoch']>().toEqualTypeOf<string>()

declare const socket: SocketPort
expectTypeOf(socket.request('message:send', { channelId: 'c', content: 'x' })).resolves.toEqualTypeOf<
  Answer<'message:send'>
>()
socket.on('message:read', ({ messageId, userId }) => expectTypeOf([messageId, userId]).items.toBeString())
// @ts-expect-error A message needs its text.
void socket.request('message:send', { channelId: 'c' })
// @ts-expect-error There is no such event.
void socket.request('message:sned', { channelId: 'c', content: 'x' })
// @ts-expect-error Nobody says that.
socket.on('message:news', () => undefined)

// REST.
expectTypeOf<Rest['users']['get']>().returns.resolves.toEqualTypeOf<UserJson>()
expectTypeOf<Rest['channels']['create']>().returns.resolves.toEqualTypeOf<OwnChannelJson>()
expectTypeOf<Rest['rooms']['create']>().returns.resolves.toEqualTypeOf<RoomToldJson>()
expectTypeOf<Rest['search']>().returns.resolves.toEqualTypeOf<MessagesJson>()
expectTypeOf<Session['user']>().toEqualTypeOf<OwnUserJson>()
expectTypeOf<Awaited<ReturnType<Conversation['members']>>['members'][number]>().toEqualTypeOf<MemberJson>()
