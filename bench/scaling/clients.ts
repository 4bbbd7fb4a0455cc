import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '@parley/testkit'
import { io, type Socket } from 'socket.io-client'
import { WebSocket } from 'ws'
import type { BurstResult, ChannelClient, Client, Send } from './generator-orders.ts'
import type { Counted } from './traffic.ts'

/** Connections that are opened at once. */
const AT_ONCE = 50
const OPEN_PATIENCE = 20_000
/** How long what is due may take after the last send (ms), and for how long something that came twice is waited for. */
const DUE_PATIENCE = 15_000
const TWICE_PATIENCE = 300
const BURST_PATIENCE = 120_000
/** Characters of a message, about. */
const CONTENT = 100
const VOCABULARY = 4_000

interface ChatPeer extends Client {
  readonly socket: WebSocket
  /** Sends that are not confirmed, in a burst. */
  outstanding: number
}

interface ChatFrame {
  readonly type: string
}

const random = randomFrom(17)
const words = Array.from({ length: VOCABULARY }, () =>
  Math.floor(random() * 36 ** 5)
    .toString(36)
    .padStart(5, 'a'),
)
/** Words that differ, as the index of the search grows with them. */
const content = (): string =>
  Array.from({ length: CONTENT / 6 }, () => words[Math.floor(random() * VOCABULARY)]!).join(' ')

/** Everybody who is connected, with what came to them. */
export class Clients {
  #chat: ChatPeer[] = []
  #channels: Socket[] = []
  #held: { close(): void }[] = []
  readonly #counted = { sent: 0, acknowledged: 0, deliveries: 0, receipts: 0 }
  #onConfirmed: (peer: ChatPeer) => void = () => {}

  async connectChat(clients: readonly Client[]): Promise<void> {
    const opened = await inTurn(clients, async (client) => {
      const peer: ChatPeer = { ...client, socket: await openChat(client), outstanding: 0 }
      peer.socket.on('message', (data) => this.#hear(peer, JSON.parse(String(data)) as ChatFrame))
      return peer
    })
    this.#chat.push(...opened)
  }

  async connectChannels(clients: readonly ChannelClient[]): Promise<void> {
    const opened = await inTurn(clients, async (client) => {
      const socket = await openSocket(client)
      socket.on('message:new', () => {
        this.#counted.deliveries += 1
      })
      for (const channelId of client.channelIds)
        await socket.timeout(OPEN_PATIENCE).emitWithAck('room:join', channelId)
      return socket
    })
    this.#channels.push(...opened)
  }

  async send(sends: readonly Send[], expected: Counted): Promise<Counted> {
    Object.assign(this.#counted, { sent: 0, acknowledged: 0, deliveries: 0, receipts: 0 })
    const began = performance.now()
    for (const send of sends) {
      const wait = began + send.at - performance.now()
      if (wait > 0) await sleep(wait)
      this.#sendOne(send)
    }
    const isDone = (): boolean =>
      (Object.keys(expected) as (keyof Counted)[]).every((key) => this.#counted[key] >= expected[key])
    const end = performance.now() + DUE_PATIENCE
    while (!isDone() && performance.now() < end) await sleep(10)
    await sleep(TWICE_PATIENCE)
    return { ...this.#counted }
  }

  async burst(messages: number, outstanding: number): Promise<BurstResult> {
    const peers = this.#chat
    let [left, confirmed] = [messages, 0]
    const began = performance.now()
    const next = (peer: ChatPeer): void => {
      while (left > 0 && peer.outstanding < outstanding) {
        left -= 1
        peer.outstanding += 1
        const index = peers.indexOf(peer)
        this.#say(peer, peers[index % 2 === 0 ? index + 1 : index - 1]!)
      }
    }
    const done = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${confirmed} of ${messages} confirmed`)),
        BURST_PATIENCE,
      )
      this.#onConfirmed = (peer) => {
        confirmed += 1
        peer.outstanding -= 1
        if (confirmed === messages) {
          clearTimeout(timer)
          resolve()
        } else next(peer)
      }
    })
    for (const peer of peers) next(peer)
    await done
    this.#onConfirmed = () => {}
    return { messages, seconds: (performance.now() - began) / 1_000 }
  }

  async hold(dialect: 'chat' | 'channels', clients: readonly Client[]): Promise<void> {
    this.#held.push(
      ...(await inTurn<Client, { close(): void }>(clients, dialect === 'chat' ? openChat : openSocket)),
    )
  }

  async leave(): Promise<void> {
    for (const { socket } of this.#chat) socket.close()
    for (const socket of [...this.#channels, ...this.#held]) socket.close()
    this.#chat = []
    this.#channels = []
    this.#held = []
  }

  #sendOne({ from, to }: Send): void {
    this.#counted.sent += 1
    if ('person' in to) {
      this.#say(this.#chat[from]!, this.#chat[to.person]!)
      return
    }
    this.#channels[from]!.emit(
      'message:send',
      { channelId: to.channelId, content: content() },
      (answer: { ok: boolean }) => {
        if (answer.ok) this.#counted.acknowledged += 1
      },
    )
  }

  #say(from: ChatPeer, to: Client): void {
    from.socket.send(
      JSON.stringify({ type: 'chat_message', data: { receiverId: to.userId, content: content() } }),
    )
  }

  #hear(peer: ChatPeer, { type }: ChatFrame): void {
    if (type === 'message_sent') {
      this.#counted.acknowledged += 1
      this.#onConfirmed(peer)
    } else if (type === 'new_message') this.#counted.deliveries += 1
    else if (type === 'message_delivered') this.#counted.receipts += 1
    else if (type === 'error') throw new Error('the server refused a message')
  }
}

/** Resolves with the first frames, so that the server is done with it. */
const openChat = ({ url, token }: Client): Promise<WebSocket> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?token=${token}`, {
      perMessageDeflate: false,
    })
    const timer = setTimeout(() => reject(new Error('a chat connection did not open')), OPEN_PATIENCE)
    socket.once('error', reject)
    socket.once('message', () => {
      clearTimeout(timer)
      resolve(socket)
    })
  })

const openSocket = ({ url, userId, token }: Client): Promise<Socket> => {
  const socket = io(url, {
    ...{ auth: { userId, token }, transports: ['websocket'], forceNew: true, reconnection: false },
    timeout: OPEN_PATIENCE,
  })
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket))
    socket.once('connect_error', reject)
  })
}

const inTurn = async <T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = []
  for (let from = 0; from < all.length; from += AT_ONCE)
    results.push(...(await Promise.all(all.slice(from, from + AT_ONCE).map(work))))
  return results
}
