import type { Message, MessageStatus } from '@parley/client'
import { ParleyProvider, useConnection, useConversation, useMessages, useTyping } from '@parley/client/react'
import { type FormEvent, useMemo, useState } from 'react'

const MARKS: Record<MessageStatus, string> = {
  sending: 'sending',
  sent: 'sent',
  delivered: 'delivered',
  read: 'read',
  failed: 'not sent',
}

function Line({ message, onRetry }: { readonly message: Message; readonly onRetry: (key: string) => void }) {
  const { author, source, status, key } = message
  return (
    <li>
      <b>{author.name}</b> {source} {status === null ? null : <small>{MARKS[status]}</small>}
      {status === 'failed' ? (
        <button type="button" onClick={() => onRetry(key)}>
          Try again
        </button>
      ) : null}
    </li>
  )
}

function Composer({ channelId }: { readonly channelId: string }) {
  const { send } = useMessages(channelId)
  const { keystroke } = useTyping(channelId)
  const [text, setText] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim() === '') return
    // It is in the list at once, and sent as soon as there is a connection.
    send(text)
    setText('')
  }
  return (
    <form onSubmit={submit}>
      <input
        aria-label="Message"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          keystroke()
        }}
      />
      <button type="submit">Send</button>
    </form>
  )
}

function Channel({ channelId }: { readonly channelId: string }) {
  const { summary } = useConversation(channelId)
  // What comes while this is shown counts as read.
  const { items, hasOlder, loadOlder, retry } = useMessages(channelId, { focus: true })
  const { typists } = useTyping(channelId)
  const { state } = useConnection()
  return (
    <main>
      <h1>{summary?.name ?? 'Loading'}</h1>
      {state === 'connected' ? null : <p role="status">{state}</p>}
      {hasOlder ? (
        <button type="button" onClick={() => void loadOlder()}>
          Older messages
        </button>
      ) : null}
      <ul>
        {items.map((message) => (
          <Line key={message.key} message={message} onRetry={retry} />
        ))}
      </ul>
      <p>{typists.map(({ name }) => `${name} is typing...`).join(' ')}</p>
      <Composer channelId={channelId} />
    </main>
  )
}

export interface ChatProps {
  readonly url: string
  readonly token: string
  readonly channelId: string
}

/** A chat page of one channel: one client for all that is below, under StrictMode too. */
export function Chat({ url, token, channelId }: ChatProps) {
  const options = useMemo(() => ({ url, token }), [url, token])
  return (
    <ParleyProvider key={token} options={options}>
      <Channel channelId={channelId} />
    </ParleyProvider>
  )
}
