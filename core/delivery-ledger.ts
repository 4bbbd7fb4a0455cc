import type { ConversationKind, Message } from '@parley/model'
import type { ConnectionLog, EndReason, LoggedConnection } from './connection-log.ts'
import type { ChannelMessageView, ChannelView } from './ports/channel-reads.ts'
import type { Clock } from './ports/clock.ts'
import type { DirectoryUser, Store } from './ports/store.ts'

/** What became of a message at one user. */
export type LedgerOutcome =
  | 'unknown-message'
  | 'unknown-user'
  | 'not-a-member'
  | 'author'
  | 'read'
  | 'delivered'
  | 'deleted'
  /** Somebody's connection was there when it was stored, and took nothing, or has not said so. */
  | 'unconfirmed'
  | 'waiting'

export interface LedgerStep {
  /** Epoch ms; null: when it was is not kept. */
  readonly at: number | null
  readonly what: 'stored' | 'membership' | 'connection' | 'log' | 'deleted' | 'delivered' | 'read'
  readonly detail: string
}

export interface Ledger {
  readonly outcome: LedgerOutcome
  /** One sentence for a person. */
  readonly verdict: string
  /** Steps with a time first, in its order. */
  readonly steps: readonly LedgerStep[]
}

interface Case {
  readonly view: ChannelMessageView
  readonly kind: ConversationKind
  readonly user: DirectoryUser
  readonly membership: ChannelView | null
  readonly connections: readonly LoggedConnection[]
}

const ENDS: Record<EndReason, string> = {
  client: 'closed by its client',
  lost: 'lost',
  slow: 'closed as too slow: its client did not read',
  'session-ended': 'closed because its session ended or expired',
  replaced: 'replaced by a newer connection',
  shutdown: 'closed because the server went',
  server: 'closed by the server',
}

/** Which dialects bring stored messages of a conversation to their clients. Hub carries none. */
const CARRIERS: Record<ConversationKind, readonly string[]> = {
  direct: ['chat', 'channels'],
  // Both Socket.IO dialects may be spoken on one connection, whichever claimed it.
  channel: ['channels', 'whisper'],
}

/**
 * Says why a stored message did or did not reach one user: from what is stored, and from the connections that this
 * node remembers. It never shows content, and of whisper it knows nothing.
 */
export class DeliveryLedger {
  readonly #store: Pick<Store, 'message' | 'conversation' | 'channel' | 'directory'>
  readonly #connections: ConnectionLog
  readonly #clock: Clock

  constructor(dependencies: {
    store: Pick<Store, 'message' | 'conversation' | 'channel' | 'directory'>
    connections: ConnectionLog
    clock: Clock
  }) {
    this.#store = dependencies.store
    this.#connections = dependencies.connections
    this.#clock = dependencies.clock
  }

  /** `user` is an id or a username. Fails with `UNAVAILABLE` while the store is away. */
  async explain({ messageId, user: name }: { messageId: string; user: string }): Promise<Ledger> {
    const view = await this.#store.message(messageId)
    if (view === null) return unknownMessage
    const { directory } = this.#store
    const user = (await directory.find(name)) ?? (await directory.findByName(name))
    if (user === null) return unknownUser(view.message)
    const channelId = view.message.conversationId
    const [conversation, channel] = await Promise.all([
      this.#store.conversation(channelId),
      this.#store.channel({ channelId, userId: user.id }),
    ])
    // Who may merely look at a public channel is no member of it.
    const membership = channel?.role === null ? null : channel
    const kind = conversation?.kind ?? 'channel'
    return this.#tell({ view, kind, user, membership, connections: this.#connections.of(user.id) })
  }

  #tell(of: Case): Ledger {
    const steps = [stored(of), membershipOf(of), ...connectionSteps(of, this.#connections.since)]
    const { deletedAt } = of.view.message
    if (deletedAt !== null) steps.push({ at: deletedAt, what: 'deleted', detail: 'Deleted.' })
    const isAuthor = of.view.message.senderId === of.user.id
    if (!isAuthor && of.membership !== null) steps.push(...receiptSteps(of.view.message, of.membership))
    const now = this.#clock.now()
    return { ...verdictOf(of, isAuthor), steps: steps.sort((a, b) => (a.at ?? now) - (b.at ?? now)) }
  }
}

const unknownMessage: Ledger = {
  outcome: 'unknown-message',
  verdict:
    'No stored message has this id. Whisper and hub messages are never stored, and by promise nothing of them remains to be asked for.',
  steps: [],
}

const unknownUser = (message: Message): Ledger => ({
  outcome: 'unknown-user',
  verdict: 'The message is stored, but no account has this id or name. It may have been removed.',
  steps: [storedStep(message)],
})

const storedStep = (message: Message, sender = message.senderId): LedgerStep => ({
  at: message.createdAt,
  what: 'stored',
  detail: `Stored at position ${message.seq} of conversation ${message.conversationId}, sent by ${sender}.`,
})

const stored = ({ view }: Case): LedgerStep => storedStep(view.message, view.sender.username)

const membershipOf = ({ kind, user, membership }: Case): LedgerStep => {
  const name = user.username
  let detail = `${name} is not a member of the ${conversationName(kind)}.`
  if (membership !== null) {
    detail =
      kind === 'direct'
        ? `${name} is one of the two of the direct conversation.`
        : `${name} is in the channel as ${membership.role}.`
  }
  return { at: null, what: 'membership', detail }
}

const conversationName = (kind: ConversationKind): string =>
  kind === 'direct' ? 'direct conversation' : 'channel'

const connectionSteps = ({ view, kind, connections }: Case, since: number): LedgerStep[] => {
  const { createdAt } = view.message
  const steps = connections
    .filter(({ closedAt }) => closedAt === null || closedAt >= createdAt)
    .flatMap((connection) => stepsOf(connection, createdAt, CARRIERS[kind].includes(connection.dialect)))
  if (createdAt >= since) return steps
  const detail = 'This node started after the message was stored: earlier connections are not known.'
  return [{ at: since, what: 'log', detail }, ...steps]
}

const stepsOf = (connection: LoggedConnection, createdAt: number, carries: boolean): LedgerStep[] => {
  const { id, dialect, openedAt, closedAt, reason } = connection
  const name = `Connection ${id} (${dialect})`
  const when = openedAt <= createdAt ? 'was open when the message was stored' : 'opened'
  const note = carries ? '' : '; it does not carry this message'
  const opened = { at: openedAt, what: 'connection', detail: `${name} ${when}${note}.` } as const
  if (closedAt === null || reason === null) return [opened]
  return [opened, { at: closedAt, what: 'connection', detail: `${name} was ${ENDS[reason]}.` }]
}

const receiptSteps = ({ seq }: Message, { cursors }: ChannelView): LedgerStep[] => {
  const isDelivered = isTaken(seq, cursors)
  const isRead = cursors.readSeq >= seq
  return [
    {
      at: null,
      what: 'delivered',
      detail: isDelivered ? 'A client of theirs took it.' : 'No client of theirs has taken it.',
    },
    { at: null, what: 'read', detail: isRead ? 'They have read it.' : 'They have not read it.' },
  ]
}

const isTaken = (seq: number, cursors: ChannelView['cursors']): boolean =>
  Math.max(cursors.deliveredSeq, cursors.readSeq) >= seq

const verdictOf = (of: Case, isAuthor: boolean): Pick<Ledger, 'outcome' | 'verdict'> => {
  const { user, view, kind, membership } = of
  const { seq, deletedAt } = view.message
  const name = user.username
  if (isAuthor) return { outcome: 'author', verdict: `${name} wrote it: nobody receives their own message.` }
  if (membership === null)
    return {
      outcome: 'not-a-member',
      verdict: `${name} is not a member of this ${conversationName(kind)}, so it does not go there.`,
    }
  if (membership.cursors.readSeq >= seq)
    return { outcome: 'read', verdict: `It arrived: ${name} has read it.` }
  if (isTaken(seq, membership.cursors))
    return { outcome: 'delivered', verdict: `It arrived: a client of ${name} took it. It is not read yet.` }
  if (deletedAt !== null)
    return {
      outcome: 'deleted',
      verdict: `It was deleted before a client of ${name} took it, so it will not arrive.`,
    }
  return pendingVerdict(of)
}

/** Stored, theirs, and no client took it. */
const pendingVerdict = ({ view, kind, user, connections }: Case): Pick<Ledger, 'outcome' | 'verdict'> => {
  const name = user.username
  const carriers = connections.filter(({ dialect }) => CARRIERS[kind].includes(dialect))
  const { createdAt } = view.message
  const there = carriers.filter(
    ({ openedAt, closedAt }) => openedAt <= createdAt && (closedAt === null || closedAt >= createdAt),
  )
  const rest =
    kind === 'direct'
      ? 'it waits for the next chat connection'
      : 'it is in the history for when they look again'
  const open = carriers.find(({ closedAt }) => closedAt === null)
  if (open !== undefined)
    return {
      outcome: 'unconfirmed',
      verdict: `${name} is connected by ${open.dialect}, but no client has confirmed it; ${rest}.`,
    }
  const ended = there.at(-1)
  if (ended !== undefined)
    return {
      outcome: 'unconfirmed',
      verdict: `${name} was connected by ${ended.dialect}, but the connection was ${ENDS[ended.reason ?? 'server']} before a client confirmed it; ${rest}.`,
    }
  return {
    outcome: 'waiting',
    verdict: `${name} had no connection that carries it: offline for it, ${rest}.`,
  }
}
