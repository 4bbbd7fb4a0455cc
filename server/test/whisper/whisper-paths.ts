import { SocketClient } from '@parley/testkit/socket-client'
import type { Socket } from 'socket.io-client'
import { SocketIoPeer } from '../harness/socket-io-peer.ts'
import type { Canaries } from './evidence.ts'

/** Also the `auth` of a handshake. */
export type Speaker = { readonly id: string; readonly token: string }

/** Where content is said, and where it may not be. */
export interface Places {
  /** Open: everybody may enter. */
  readonly open: string
  /** Has a PIN that the speaker never gave. */
  readonly locked: string
  /** Had a PIN, and is gone. */
  readonly gone: string
}

/** What whisper content may be put into, and what is answered; null: it is said. */
type Attempt = readonly [
  name: string,
  payload: (canary: string, places: Places) => unknown,
  refusal: string | null,
]

const LOCKED = 'Room PIN required'
const INVALID = 'Invalid content'

export const ATTEMPTS: readonly Attempt[] = [
  ['plain', (content, { open }) => ({ content, room: open }), null],
  [
    'a known type',
    (content, { open }) => ({
      content: ` ${content} `,
      room: ` ${open.toLowerCase()} `,
      messageType: 'text',
    }),
    null,
  ],
  [
    'script',
    (c, { open }) => ({ content: `<script>${c}</script> <img onerror=${c}> ${c}`, room: open }),
    null,
  ],
  [
    'markdown',
    (c, { open }) => ({ content: `**${c}** [${c}](https://${c}.example/${c})`, room: open }),
    null,
  ],
  ['very long', (c, { open }) => ({ content: `${c} ${'long '.repeat(990)}`, room: open }), null],
  ['messageType', (c, { open }) => ({ content: c, room: open, messageType: c }), null],
  [
    'more fields',
    (c, { open }) => ({ content: c, room: open, _id: c, sender: { _id: c }, [c]: c, extra: [c] }),
    null,
  ],
  ['a type that is no text', (c, { open }) => ({ content: c, room: open, messageType: { [c]: c } }), null],
  ['no room', (content) => ({ content }), 'Room required'],
  ['a blank room', (content) => ({ content, room: ' ' }), 'Room required'],
  ['a room that is no text', (content) => ({ content, room: { [content]: content } }), 'Room required'],
  ['a locked room', (content, { locked }) => ({ content, room: locked }), LOCKED],
  ['a room that is gone', (content, { gone }) => ({ content, room: gone }), 'Room not found'],
  [
    'too long',
    (c, { open }) => ({ content: `${c} ${'x'.repeat(5_000)}`, room: open }),
    'Message too long (max 5000 chars)',
  ],
  ['an object as content', (c, { open }) => ({ content: { [c]: c }, room: open }), INVALID],
  ['a list as content', (c, { open }) => ({ content: [c, [c]], room: open }), INVALID],
  ['a NUL in it', (c, { open }) => ({ content: `${c}\u0000`, room: open }), INVALID],
  ['half a surrogate in it', (c, { open }) => ({ content: `${c}\ud800`, room: open }), INVALID],
  ['no content but other fields', (c, { open }) => ({ text: c, message: c, room: open }), INVALID],
  ['bare text', (c) => c, INVALID],
  ['a list', (c) => [c, { content: c }], INVALID],
  ['nested too deeply', (c, { open }) => ({ content: c, room: open, deep: nested(c, 40) }), INVALID],
]

const nested = (word: string, depth: number): unknown =>
  depth === 0 ? word : { [word]: nested(word, depth - 1) }

/** What else content may be put into by mistake: its answer matters to nobody here. */
export const STRAY_EVENTS: readonly (readonly [
  event: string,
  payload: (canary: string, places: Places) => unknown,
])[] = [
  ['typing_start', (c, { open }) => ({ room: open, content: c, [c]: c, isTyping: c })],
  ['typing_start', (c) => c],
  ['typing_start', (c) => ({ room: { [c]: c } })],
  ['typing_stop', (c, { open }) => ({ room: open, content: c })],
  ['typing_stop', (c) => [c]],
  ['join_room', (c) => ({ content: c, [c]: c })],
  ['leave_room', (c) => [c]],
  ['no_such_event', (c) => ({ content: c })],
  // Events of the other dialect on the same socket.
  ['message:send', (c) => ({ content: c, channelId: 'none', [c]: c })],
  ['message:typing:start', (c) => ({ channelId: c })],
  ['message:edit', (c) => ({ messageId: c, content: c })],
  ['sync', (c) => ({ epoch: c, cursors: { [c]: 1 } })],
  ['presence:subscribe', (c) => ({ userIds: [c] })],
]

/** Packets that no client makes, each over a connection of its own. */
export const BROKEN_FRAMES: readonly (readonly [
  name: string,
  frames: (canary: string) => readonly (string | Buffer)[],
])[] = [
  ['cut off', (c) => [`42["send_message",{"content":"${c}","room":"`]],
  ['no packet', (c) => [c]],
  ['no packet type', (c) => [`49${c}`]],
  ['an event that is a list', (c) => [`42[["${c}"],{"content":"${c}"}]`]],
  ['an event that is an object', (c) => [`42[{"content":"${c}"},"${c}"]`]],
  ['a reserved event', (c) => [`42["disconnect","${c}"]`, `42["connect",{"content":"${c}"}]`]],
  ['an acknowledgement of nothing', (c) => [`437["${c}"]`]],
  [
    'an attachment',
    (c) => [`451-["send_message",{"content":{"_placeholder":true,"num":0},"text":"${c}"}]`, Buffer.from(c)],
  ],
  [
    'an attachment of an acknowledgement',
    (c) => [`461-3["${c}",{"_placeholder":true,"num":0}]`, Buffer.from(c)],
  ],
  ['an attachment without its event', (c) => [Buffer.from(c)]],
  ['attachments that never come', (c) => [`4511-["send_message","${c}"]`]],
  [
    'an attachment in place of which comes text',
    (c) => [`451-["send_message","${c}"]`, `42["send_message","${c}"]`],
  ],
  [
    'bytes that are not UTF-8',
    (c) => [Buffer.concat([Buffer.from(`42["send_message","${c}`), Buffer.from([0xff])])],
  ],
  ['too large', (c) => [`42["send_message",{"content":"${c}${'x'.repeat(70_000)}"}]`]],
  ['another namespace', (c) => [`40/${c},{"content":"${c}"}`, `42/${c},["send_message","${c}"]`]],
  ['a second CONNECT', (c) => [`40{"token":"${c}","content":"${c}"}`]],
  ['an error packet', (c) => [`44{"message":"${c}"}`]],
  ['an engine message', (c) => [`6${c}`, `2${c}`, `5${c}`, `1${c}`]],
]

/** A way to emit and hear: stock clients, and protocol 3 by hand. */
export interface Voice {
  readonly name: string
  emit(event: string, payload: unknown): void
  /** Emits, and resolves to the acknowledgement. */
  ask(
    event: string,
    payload: unknown,
  ): Promise<{ readonly ok: boolean; readonly error?: { readonly message: string } }>
  close(): void
}

export const openVoices = async (url: string, speaker: Speaker): Promise<readonly Voice[]> => {
  const stock = async (name: string, transports: readonly string[]): Promise<Voice> => {
    const client = await SocketClient.connect(url, speaker, { transports: [...transports] as never })
    return {
      name,
      emit: (event, payload) => client.emit(event, payload),
      ask: (event, payload) => client.ask(event, payload),
      close: () => client.close(),
    }
  }
  const old = await SocketIoPeer.connect(url, speaker, 3)
  let acknowledgements = 0
  return [
    await stock('WebSocket', ['websocket']),
    await stock('polling', ['polling']),
    await stock('upgraded', ['polling', 'websocket']),
    {
      name: 'protocol 3',
      emit: (event, payload) => old.emit(event, payload),
      ask: async (event, payload) => {
        acknowledgements += 1
        old.send(`42${acknowledgements}${JSON.stringify([event, payload])}`)
        const beginning = `43${acknowledgements}[`
        const answer = await old.next(beginning)
        return (JSON.parse(answer.slice(beginning.length - 1)) as [{ ok: boolean }])[0]
      },
      close: () => old.close(),
    },
  ]
}

/** Sends a canary by every attempt, with an acknowledgement and without; resolves to those that must have been heard. */
export const whisper = async (
  voice: Voice,
  places: Places,
  canaries: Canaries,
): Promise<{ readonly said: readonly string[]; readonly wrong: readonly string[] }> => {
  const said: string[] = []
  const wrong: string[] = []
  for (const [name, payload, refusal] of ATTEMPTS) {
    for (const wantsAnswer of [true, false]) {
      const canary = canaries.for(`${voice.name}: ${name}${wantsAnswer ? '' : ', no acknowledgement'}`)
      if (refusal === null) said.push(canary)
      if (!wantsAnswer) {
        voice.emit('send_message', payload(canary, places))
        continue
      }
      const { ok, error } = await voice.ask('send_message', payload(canary, places))
      const answer = ok ? null : (error?.message ?? '')
      if (answer !== refusal) wrong.push(`${voice.name}: ${name}: ${answer}`)
    }
  }
  for (const [event, payload] of STRAY_EVENTS) {
    voice.emit(event, payload(canaries.for(`${voice.name}: ${event}`), places))
    await voice.ask(event, payload(canaries.for(`${voice.name}: ${event}, acknowledged`), places))
  }
  return { said, wrong }
}

/** Sends every broken frame over a connection of its own, and waits until the server had it. */
export const sendBroken = async (url: string, speaker: Speaker, canaries: Canaries): Promise<void> => {
  for (const [name, frames] of BROKEN_FRAMES) {
    const peer = await SocketIoPeer.connect(url, speaker)
    for (const frame of frames(canaries.for(`frame: ${name}`))) peer.send(frame)
    // Whatever the frame was, this comes after it: answered, or the connection is over.
    peer.send('429["typing_stop",{"room":"x"}]')
    await Promise.race([peer.next('439'), peer.closed])
    peer.close()
  }
  for (const auth of [{ content: 1 }, { token: 1 }, { userId: 1, token: 1 }]) {
    const peer = await SocketIoPeer.open(url, 'EIO=4')
    const canary = canaries.for(`handshake: ${Object.keys(auth).join(', ')}`)
    peer.send(`40${JSON.stringify(Object.fromEntries(Object.keys(auth).map((key) => [key, canary])))}`)
    await peer.next('44')
    peer.close()
  }
}

/** Everything that a client hears, as text. */
export const recordOf = (socket: Socket): string[] => {
  const heard: string[] = []
  socket.onAny((...args: unknown[]) => heard.push(JSON.stringify(args)))
  return heard
}
