/** What a client did or saw, in the order in which the test saw it. Conversations are named by any stable key. */
export type HistoryEvent =
  | {
      readonly type: 'invoke'
      readonly sender: string
      readonly clientMessageId: string
      readonly conversation: string
      readonly receiver: string
      readonly content: string
    }
  | {
      readonly type: 'ack'
      readonly sender: string
      readonly clientMessageId: string
      readonly messageId: string
      readonly seq: number
    }
  /** Refused for good: it must never appear. A timeout is neither an ack nor a refusal. */
  | { readonly type: 'refused'; readonly sender: string; readonly clientMessageId: string }
  | {
      readonly type: 'received'
      readonly reader: string
      readonly connection: string
      readonly conversation: string
      readonly messageId: string
      readonly sender: string
      readonly content: string
      readonly seq: number
    }
  /** The author was told that a reader has a message. */
  | {
      readonly type: 'receipt'
      readonly author: string
      readonly reader: string
      readonly status: 'delivered' | 'read'
      readonly messageId: string
    }
  /** Cursors of a reader as the store showed them at some moment. */
  | {
      readonly type: 'cursors'
      readonly reader: string
      readonly conversation: string
      readonly deliveredSeq: number
      readonly readSeq: number
    }

/** A message as the store holds it at the end. */
export interface StoredMessage {
  readonly messageId: string
  readonly conversation: string
  readonly sender: string
  /** The other of two; in a channel its name, which is no reader. */
  readonly receiver: string
  readonly clientMessageId: string | null
  readonly content: string
  readonly seq: number
}

export interface FinalState {
  readonly stored: readonly StoredMessage[]
  /** Readers who had a live connection, and time to settle, at the end: they must have everything. */
  readonly settledReaders: readonly string[]
  /** Who is in a conversation of more than two; in all others are sender and receiver. */
  readonly members?: ReadonlyMap<string, readonly string[]>
  /** What readers were told that they have not read, and from which position on. */
  readonly unread?: readonly {
    readonly reader: string
    readonly conversation: string
    readonly readSeq: number
    readonly count: number
  }[]
  /** Whom observers were told to be online, and who has a live connection, at the end. */
  readonly presence?: {
    readonly live: readonly string[]
    readonly told: readonly { readonly observer: string; readonly online: readonly string[] }[]
  }
}

/** One broken promise, with the number of the invariant in docs/one-message.md. */
export interface Violation {
  readonly invariant: number
  readonly what: string
}

type Of<T extends HistoryEvent['type']> = Extract<HistoryEvent, { type: T }>

const key = (...parts: readonly string[]): string => JSON.stringify(parts)

/** Checks what clients saw, and what the store holds, against the promises of delivery. Empty: all hold. */
export const checkHistory = (history: readonly HistoryEvent[], final: FinalState): readonly Violation[] => [
  ...checkAcksAreStored(history, final),
  ...checkNothingInvented(history),
  ...checkOnce(history, final),
  ...checkPositions(history, final),
  ...checkConnections(history),
  ...checkNothingSkipped(history, final),
  ...checkAgreement(history, final),
  ...checkRefusals(history, final),
  ...checkMembership(history, final),
  ...checkReceipts(history, final),
  ...checkUnread(final),
  ...checkEverythingArrived(history, final),
  ...checkPresence(final),
]

const only = <T extends HistoryEvent['type']>(history: readonly HistoryEvent[], type: T): Of<T>[] =>
  history.filter((event): event is Of<T> => event.type === type)

function* checkAcksAreStored(history: readonly HistoryEvent[], final: FinalState): Iterable<Violation> {
  const stored = new Map(final.stored.map((message) => [message.messageId, message]))
  for (const ack of only(history, 'ack')) {
    const message = stored.get(ack.messageId)
    if (message === undefined) yield { invariant: 1, what: `acknowledged ${ack.messageId} is not stored` }
    else if (message.seq !== ack.seq) {
      yield {
        invariant: 1,
        what: `${ack.messageId} was acknowledged at ${ack.seq}, stored at ${message.seq}`,
      }
    }
  }
}

function* checkNothingInvented(history: readonly HistoryEvent[]): Iterable<Violation> {
  const sent = new Set(
    only(history, 'invoke').map((send) => key(send.conversation, send.sender, send.content)),
  )
  for (const got of only(history, 'received')) {
    if (!sent.has(key(got.conversation, got.sender, got.content))) {
      yield {
        invariant: 2,
        what: `${got.reader} received ${got.messageId}, which ${got.sender} never sent so`,
      }
    }
  }
}

function* checkOnce(history: readonly HistoryEvent[], final: FinalState): Iterable<Violation> {
  const rows = new Set<string>()
  for (const message of final.stored) {
    if (message.clientMessageId === null) continue
    const id = key(message.sender, message.clientMessageId)
    if (rows.has(id)) yield { invariant: 3, what: `${id} is stored more than once` }
    rows.add(id)
  }
  const acks = new Map<string, string>()
  for (const ack of only(history, 'ack')) {
    const id = key(ack.sender, ack.clientMessageId)
    const position = key(ack.messageId, String(ack.seq))
    if ((acks.get(id) ?? position) !== position)
      yield { invariant: 3, what: `${id} was acknowledged differently` }
    acks.set(id, position)
  }
}

function* checkPositions(history: readonly HistoryEvent[], final: FinalState): Iterable<Violation> {
  const conversations = new Map<string, number[]>()
  for (const message of final.stored) {
    const positions = conversations.get(message.conversation) ?? []
    positions.push(message.seq)
    conversations.set(message.conversation, positions)
  }
  for (const [conversation, positions] of conversations) {
    positions.sort((a, b) => a - b)
    const wrong = positions.findIndex((seq, index) => seq !== index + 1)
    if (wrong >= 0) {
      yield { invariant: 4, what: `${conversation} has ${positions[wrong]} where ${wrong + 1} belongs` }
    }
  }
  yield* checkRealTime(history)
}

/** What was acknowledged before another send began comes before it. */
function* checkRealTime(history: readonly HistoryEvent[]): Iterable<Violation> {
  const conversationOf = new Map<string, string>()
  const floorAtInvoke = new Map<string, number>()
  const acknowledged = new Map<string, number>()
  for (const event of history) {
    if (event.type === 'invoke') {
      const id = key(event.sender, event.clientMessageId)
      if (conversationOf.has(id)) continue
      conversationOf.set(id, event.conversation)
      floorAtInvoke.set(id, acknowledged.get(event.conversation) ?? 0)
    } else if (event.type === 'ack') {
      const id = key(event.sender, event.clientMessageId)
      const conversation = conversationOf.get(id) ?? ''
      if (event.seq <= (floorAtInvoke.get(id) ?? 0)) {
        yield { invariant: 4, what: `${id} is at ${event.seq}, before one acknowledged earlier` }
      }
      acknowledged.set(conversation, Math.max(acknowledged.get(conversation) ?? 0, event.seq))
    }
  }
}

function* checkConnections(history: readonly HistoryEvent[]): Iterable<Violation> {
  const heads = new Map<string, number>()
  for (const got of only(history, 'received')) {
    const id = key(got.connection, got.conversation)
    const head = heads.get(id) ?? 0
    if (got.seq <= head) {
      yield { invariant: 5, what: `${got.connection} got ${got.seq} after ${head} in ${got.conversation}` }
    }
    heads.set(id, Math.max(head, got.seq))
  }
}

/** Between the first and the last that a connection got of a conversation nothing of others is missing. */
function* checkNothingSkipped(history: readonly HistoryEvent[], final: FinalState): Iterable<Violation> {
  const stored = new Map<string, StoredMessage[]>()
  for (const message of final.stored) {
    const all = stored.get(message.conversation) ?? []
    stored.set(message.conversation, all)
    all[message.seq] = message
  }
  const seen = new Map<string, { got: Of<'received'>; seqs: Set<number> }>()
  for (const got of only(history, 'received')) {
    const id = key(got.connection, got.conversation)
    const of = seen.get(id) ?? { got, seqs: new Set() }
    seen.set(id, of)
    of.seqs.add(got.seq)
  }
  for (const { got, seqs } of seen.values()) {
    const last = Math.max(...seqs)
    for (let seq = Math.min(...seqs); seq < last; seq += 1) {
      const message = stored.get(got.conversation)?.[seq]
      if (message === undefined || message.sender === got.reader || seqs.has(seq)) continue
      yield { invariant: 5, what: `${got.connection} skipped ${seq} in ${got.conversation}` }
    }
  }
}

function* checkAgreement(history: readonly HistoryEvent[], final: FinalState): Iterable<Violation> {
  const contents = new Map(
    final.stored.map((message) => [
      key(message.conversation, String(message.seq)),
      key(message.messageId, message.sender, message.content),
    ]),
  )
  for (const got of only(history, 'received')) {
    const held = contents.get(key(got.conversation, String(got.seq)))
    if (held !== key(got.messageId, got.sender, got.content)) {
      yield { invariant: 6, what: `${got.reader} saw another message at ${got.conversation} ${got.seq}` }
    }
  }
}

function* checkRefusals(history: readonly HistoryEvent[], final: FinalState): Iterable<Violation> {
  const acknowledged = new Set(only(history, 'ack').map((ack) => key(ack.sender, ack.clientMessageId)))
  const stored = new Set(final.stored.map((message) => key(message.sender, message.clientMessageId ?? '')))
  for (const refusal of only(history, 'refused')) {
    const id = key(refusal.sender, refusal.clientMessageId)
    if (stored.has(id) && !acknowledged.has(id)) yield { invariant: 7, what: `refused ${id} is stored` }
  }
}

function* checkMembership(history: readonly HistoryEvent[], final: FinalState): Iterable<Violation> {
  const stored = new Map(final.stored.map((message) => [message.messageId, message]))
  for (const { reader, messageId } of only(history, 'received')) {
    const message = stored.get(messageId)
    if (message !== undefined && !membersOf(message, final).includes(reader)) {
      yield { invariant: 8, what: `${reader} received ${messageId} from outside ${message.conversation}` }
    }
  }
}

const membersOf = (message: StoredMessage, { members }: FinalState): readonly string[] =>
  members?.get(message.conversation) ?? [message.sender, message.receiver]

function* checkReceipts(history: readonly HistoryEvent[], final: FinalState): Iterable<Violation> {
  const heads = new Map<string, number>()
  for (const message of final.stored) {
    heads.set(message.conversation, Math.max(heads.get(message.conversation) ?? 0, message.seq))
  }
  const last = new Map<string, { deliveredSeq: number; readSeq: number }>()
  for (const cursors of only(history, 'cursors')) {
    const id = key(cursors.reader, cursors.conversation)
    const before = last.get(id) ?? { deliveredSeq: 0, readSeq: 0 }
    if (cursors.deliveredSeq < before.deliveredSeq || cursors.readSeq < before.readSeq) {
      yield { invariant: 9, what: `the cursors of ${id} went back` }
    }
    if (
      cursors.deliveredSeq > (heads.get(cursors.conversation) ?? 0) ||
      cursors.readSeq > cursors.deliveredSeq
    ) {
      yield { invariant: 9, what: `the cursors of ${id} are beyond what there is` }
    }
    last.set(id, cursors)
  }
  const stored = new Map(final.stored.map((message) => [message.messageId, message]))
  const told = new Set<string>()
  for (const receipt of only(history, 'receipt')) {
    const message = stored.get(receipt.messageId)
    if (message?.sender !== receipt.author || message.receiver !== receipt.reader) {
      yield { invariant: 9, what: `${receipt.author} was told of ${receipt.messageId} by ${receipt.reader}` }
    }
    const id = key(receipt.author, receipt.reader, receipt.status, receipt.messageId)
    if (told.has(id)) yield { invariant: 9, what: `${id} was told twice` }
    told.add(id)
  }
}

/** Unread is what others wrote after one's read position. */
function* checkUnread(final: FinalState): Iterable<Violation> {
  for (const { reader, conversation, readSeq, count } of final.unread ?? []) {
    const unread = final.stored.filter(
      (message) =>
        message.conversation === conversation && message.sender !== reader && message.seq > readSeq,
    )
    if (unread.length !== count) {
      yield {
        invariant: 9,
        what: `${reader} was told of ${count} unread in ${conversation}, not ${unread.length}`,
      }
    }
  }
}

function* checkEverythingArrived(history: readonly HistoryEvent[], final: FinalState): Iterable<Violation> {
  const arrived = new Set(only(history, 'received').map((got) => key(got.reader, got.messageId)))
  const settled = new Set(final.settledReaders)
  for (const message of final.stored) {
    for (const reader of membersOf(message, final)) {
      if (reader === message.sender || !settled.has(reader)) continue
      if (!arrived.has(key(reader, message.messageId))) {
        yield { invariant: 10, what: `${reader} never got ${message.messageId}` }
      }
    }
  }
}

function* checkPresence({ presence }: FinalState): Iterable<Violation> {
  if (presence === undefined) return
  const live = [...presence.live].sort().join(', ')
  for (const { observer, online } of presence.told) {
    const told = [...online].sort().join(', ')
    if (told !== live)
      yield { invariant: 10, what: `${observer} says that ${told} are online, and ${live} are` }
  }
}
