import { expectTypeOf } from 'vitest'
import {
  type CallView,
  type ConnectionState,
  type ConversationSummary,
  createParley,
  type Message,
  type MessageStatus,
  type Parley,
  type ParleyOptions,
  type RoomView,
  type Sending,
} from '../../index.ts'
import {
  useCall,
  useConnection,
  useConversation,
  useMessageHandling,
  useMessages,
  useObservable,
  useRoom,
  useTyping,
} from '../../react/index.ts'

expectTypeOf(createParley).parameter(0).toEqualTypeOf<ParleyOptions>()
expectTypeOf(createParley).returns.toEqualTypeOf<Parley>()
// @ts-expect-error Nobody knows where the server is.
createParley({ token: 't' })

declare const parley: Parley
expectTypeOf(parley.connection.get().state).toEqualTypeOf<ConnectionState>()
expectTypeOf<ConnectionState>().toEqualTypeOf<'disconnected' | 'connecting' | 'connected' | 'reconnecting'>()
expectTypeOf<MessageStatus>().toEqualTypeOf<'sending' | 'sent' | 'delivered' | 'read' | 'failed'>()
expectTypeOf(parley.conversation('c').send('x')).toEqualTypeOf<Sending>()
expectTypeOf(parley.conversation('c').send('x').stored).resolves.toEqualTypeOf<Message>()
parley.on('message', ({ message, isMention }) => {
  expectTypeOf(message).toEqualTypeOf<Message>()
  expectTypeOf(isMention).toEqualTypeOf<boolean>()
})
// @ts-expect-error There is no such event.
parley.on('messages', () => undefined)
// @ts-expect-error What is shown does not change under the hand that shows it.
parley.conversations.get().items.push()

/** A component that is never rendered. */
export const Hooks = () => {
  expectTypeOf(useMessages('c').items).toEqualTypeOf<readonly Message[]>()
  expectTypeOf(useMessages('c', { focus: true }).loadOlder()).resolves.toBeVoid()
  expectTypeOf(useConversation('c').summary).toEqualTypeOf<ConversationSummary | null>()
  expectTypeOf(useConnection().state).toEqualTypeOf<ConnectionState>()
  expectTypeOf(useTyping('c').typists[0]!.name).toBeString()
  expectTypeOf(useRoom('ABCD1234')).toExtend<RoomView>()
  expectTypeOf(useCall().view).toEqualTypeOf<CallView | null>()
  expectTypeOf(useObservable(parley.waiting)).toBeNumber()
  expectTypeOf(useObservable(parley.me, (me) => me?.username ?? '')).toBeString()
  // Document 003's signature.
  expectTypeOf(useMessageHandling).parameters.toEqualTypeOf<[channelId: string]>()
  const { sendMessage, updateTyping } = useMessageHandling('c')
  expectTypeOf(sendMessage).parameters.toEqualTypeOf<[content: string, parentId?: string | undefined]>()
  expectTypeOf(updateTyping).toEqualTypeOf<(isTyping: boolean) => void>()
  return null
}
