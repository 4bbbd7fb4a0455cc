import {
  checkHistory,
  type HistoryEvent,
  RawClient,
  type RawFrame,
  type StoredMessage,
} from '@parley/testkit'
import type { ServerProcess } from '@parley/testkit/server-process'

interface Person {
  readonly id: string
  readonly name: string
  readonly token: string
}

interface Send {
  readonly from: Person
  readonly to: Person
  readonly clientMessageId: string
  readonly content: string
}

interface Item {
  readonly messageId: string
  readonly senderId: string
  readonly receiverId: string
  readonly content: string
  readonly seq: number
  readonly clientMessageId?: string
}

/** How long readers may take to get everything that waited for them (ms). */
const SETTLE = 15_000

/** People who write to each other over a server that dies, and all that they saw. */
export class World {
  readonly history: HistoryEvent[] = []
  acknowledged = 0
  repeated = 0
  refused = 0
  readonly #random: () => number
  readonly #people: Person[] = []
  readonly #unacknowledged = new Map<string, Send>()
  #clients = new Map<string, RawClient>()
  #sends = 0
  #connections = 0

  readonly #takesRefusals: boolean

  /** `takesRefusals`: people may hear that the store is away, and try again. */
  constructor(random: () => number, { takesRefusals = false } = {}) {
    this.#random = random
    this.#takesRefusals = takesRefusals
  }

  async register(server: ServerProcess, names: readonly string[]): Promise<void> {
    for (const username of names) {
      const response = await fetch(`${server.url}/api/auth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username, email: `${username}@example.org`, password: 'correct horse' }),
      })
      const { token, user } = (await response.json()) as { token: string; user: { id: string } }
      this.#people.push({ id: user.id, name: username, token })
    }
  }

  /** Everybody connects; what waited for them starts to come. */
  async connect(server: ServerProcess): Promise<void> {
    const url = server.url.replace('http', 'ws')
    await Promise.all(
      this.#people.map(async (person) => {
        this.#connections += 1
        const connection = `${person.name} ${this.#connections}`
        const client = await RawClient.open(`${url}/ws?token=${person.token}`)
        for (const frame of client.all) this.#saw(person, connection, frame)
        client.socket.on('message', (data) => {
          this.#saw(person, connection, JSON.parse(String(data)) as RawFrame)
        })
        this.#clients.set(person.id, client)
      }),
    )
  }

  /** What got no answer is sent again, mostly: a client may also give up. */
  retry(): void {
    for (const [id, send] of [...this.#unacknowledged]) {
      if (this.#random() < 0.2) this.#unacknowledged.delete(id)
      else {
        this.repeated += 1
        this.#send(send)
      }
    }
  }

  /** One message from everybody to somebody. */
  sendRound(): void {
    for (const from of this.#people) {
      const others = this.#people.filter((person) => person !== from)
      const to = others[Math.floor(this.#random() * others.length)]!
      this.#sends += 1
      const send = { from, to, clientMessageId: `c-${this.#sends}`, content: `message ${this.#sends}` }
      this.#unacknowledged.set(send.clientMessageId, send)
      this.#send(send)
    }
  }

  /** Resolves when every connection has seen its end, and what came before it. */
  async disconnected(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.closed))
    this.#clients = new Map()
  }

  /** What is wrong with the store, and with what everybody saw of it; with `settled` all must have all. */
  async check(server: ServerProcess, settled: boolean): Promise<readonly string[]> {
    const stored = await this.#stored(server)
    const settledReaders = settled ? this.#people.map(({ id }) => id) : []
    if (settled) await this.#arrival(stored)
    return checkHistory(this.history, { stored, settledReaders }).map(
      ({ invariant, what }) => `(${invariant}) ${what}`,
    )
  }

  #send({ from, to, clientMessageId, content }: Send): void {
    this.history.push({
      type: 'invoke',
      sender: from.id,
      clientMessageId,
      conversation: conversationOf(from.id, to.id),
      receiver: to.id,
      content,
    })
    const data = { receiverId: to.id, content, clientMessageId }
    this.#clients.get(from.id)?.send({ type: 'chat_message', data })
  }

  #saw(person: Person, connection: string, frame: RawFrame): void {
    const data = frame['data'] as Readonly<Record<string, unknown>>
    const messageId = String(data['messageId'])
    const seq = Number(data['seq'])
    if (frame.type === 'message_sent') {
      const clientMessageId = String(data['clientMessageId'])
      this.acknowledged += 1
      this.#unacknowledged.delete(clientMessageId)
      this.history.push({ type: 'ack', sender: person.id, clientMessageId, messageId, seq })
    } else if (frame.type === 'new_message') {
      const sender = String(data['senderId'])
      const conversation = conversationOf(sender, person.id)
      const content = String(data['content'])
      const reader = person.id
      this.history.push({
        type: 'received',
        reader,
        connection,
        conversation,
        messageId,
        sender,
        content,
        seq,
      })
    } else if (frame.type === 'error') {
      if (this.#takesRefusals && data['code'] === 'UNAVAILABLE') {
        this.refused += 1
        return
      }
      throw new Error(`${person.name} was refused: ${JSON.stringify(data)}`)
    }
  }

  /** Every conversation as both of its people see it over REST; both must see the same. */
  async #stored(server: ServerProcess): Promise<StoredMessage[]> {
    const all: StoredMessage[] = []
    for (const [index, one] of this.#people.entries()) {
      for (const other of this.#people.slice(index + 1)) {
        const [mine, theirs] = await Promise.all([
          conversation(server, one, other),
          conversation(server, other, one),
        ])
        const ids = new Map(theirs.map((item) => [item.messageId, item.clientMessageId]))
        if (ids.size !== mine.length) throw new Error(`${one.name} and ${other.name} see different histories`)
        for (const item of mine) {
          all.push({
            messageId: item.messageId,
            conversation: conversationOf(one.id, other.id),
            sender: item.senderId,
            receiver: item.receiverId,
            clientMessageId: item.clientMessageId ?? ids.get(item.messageId) ?? null,
            content: item.content,
            seq: item.seq,
          })
        }
      }
    }
    return all
  }

  /** Waits until every reader has got what is stored for them, or the time is over. */
  async #arrival(stored: readonly StoredMessage[]): Promise<void> {
    const deadline = Date.now() + SETTLE
    const wanted = new Set(stored.map(({ messageId }) => messageId))
    for (let seen = 0; wanted.size > 0 && Date.now() < deadline; ) {
      for (; seen < this.history.length; seen += 1) {
        const event = this.history[seen]!
        if (event.type === 'received') wanted.delete(event.messageId)
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

const conversationOf = (one: string, other: string): string => [one, other].sort().join(' ')

/** All pages of a history. */
const conversation = async (server: ServerProcess, reader: Person, peer: Person): Promise<Item[]> => {
  const items: Item[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`
    const response = await fetch(`${server.url}/api/messages/${peer.id}?limit=100${query}`, {
      headers: { authorization: `Bearer ${reader.token}` },
    })
    if (response.status !== 200) throw new Error(`history: ${response.status} ${await response.text()}`)
    const page = (await response.json()) as { messages: Item[]; nextCursor: string | null }
    items.push(...page.messages)
    cursor = page.nextCursor
  }
  return items
}
