import { Fault, type User } from '@parley/model'
import type { EventHub } from './event-hub.ts'
import type { GroupCommit } from './group-commit.ts'
import type { Clock } from './ports/clock.ts'
import type { AdvanceReceipt, Passed, ReceiptOutcome } from './ports/message-ops.ts'
import type { Observer } from './ports/observer.ts'

interface Delivery {
  readonly reader: User
  readonly conversationId: string
  upTo: number
  submitted: number
  /** Settles when everything up to `upTo` is stored. */
  stored: Promise<void>
}

/** How long a delivery whose commit failed waits before it is tried again (ms). */
const RETRY_AFTER = 1_000
/** Most conversations × readers whose delivery is on its way to the store; above it the message is delivered again later. */
const MAX_DELIVERIES = 100_000

/**
 * Receipts: two cursors a reader, forward only. The author hears of each own message once; deliveries of one reader in
 * one conversation that come while another is being stored are stored as one.
 */
export class Receipts {
  readonly #commits: GroupCommit
  readonly #hub: EventHub
  readonly #clock: Clock
  readonly #observer: Observer
  readonly #deliveries = new Map<string, Delivery>()
  #isStopped = false

  constructor(dependencies: { commits: GroupCommit; hub: EventHub; clock: Clock; observer: Observer }) {
    this.#commits = dependencies.commits
    this.#hub = dependencies.hub
    this.#clock = dependencies.clock
    this.#observer = dependencies.observer
  }

  /**
   * A client of the reader took everything up to `seq`. Tried again while the store is away; never rejects.
   * Resolves when it is stored, and the author was told.
   */
  delivered(reader: User, conversationId: string, seq: number): Promise<void> {
    const key = `${reader.id}:${conversationId}`
    const delivery = this.#deliveries.get(key)
    if (delivery !== undefined) {
      if (seq > delivery.upTo) delivery.upTo = seq
      return delivery.stored
    }
    if (this.#deliveries.size >= MAX_DELIVERIES) return Promise.resolve()
    const started: Delivery = { reader, conversationId, upTo: seq, submitted: 0, stored: Promise.resolve() }
    this.#deliveries.set(key, started)
    started.stored = this.#store(key, started)
    return started.stored
  }

  /** The reader read everything in the direct conversation with `peerId`. Resolves when that is durable. */
  async readDirect(reader: User, peerId: string): Promise<{ markedCount: number }> {
    const outcome = await this.#commits.submit({
      kind: 'advance-receipt',
      readerId: reader.id,
      conversation: { directWith: peerId },
      status: 'read',
      upTo: 'head',
      at: this.#clock.now(),
    })
    this.#tell(reader, outcome)
    return { markedCount: outcome.kind === 'advanced' ? outcome.readCount : 0 }
  }

  /**
   * The reader took, or read, everything up to this message. Accepted in silence when it moves nothing or the message is
   * the reader's own. Resolves when that is durable; rejects with `NOT_FOUND` for what the reader may not see.
   */
  async upToMessage(
    reader: User,
    messageId: string,
    status: AdvanceReceipt['status'],
    connectionId: string | null,
  ): Promise<void> {
    const outcome = await this.#commits.submit({
      kind: 'advance-receipt',
      readerId: reader.id,
      conversation: { ofMessage: messageId },
      status,
      upTo: 'head',
      at: this.#clock.now(),
    })
    if (outcome.kind === 'not-found') throw new Fault('NOT_FOUND', 'Message not found')
    this.#tell(reader, outcome, connectionId)
  }

  /** Tries no more what could not be stored: those messages are delivered again after the next start. */
  stop(): void {
    this.#isStopped = true
  }

  async #store(key: string, delivery: Delivery): Promise<void> {
    while (delivery.submitted < delivery.upTo) {
      const upTo = delivery.upTo
      try {
        const outcome = await this.#commits.submit({
          kind: 'advance-receipt',
          readerId: delivery.reader.id,
          conversation: { id: delivery.conversationId },
          status: 'delivered',
          upTo,
          at: this.#clock.now(),
        })
        delivery.submitted = upTo
        this.#tell(delivery.reader, outcome)
      } catch (error) {
        if (!(error instanceof Fault)) this.#observer.error('receipt failed', error)
        await new Promise<void>((resolve) => this.#clock.after(RETRY_AFTER, resolve))
        if (this.#isStopped) break
      }
    }
    this.#deliveries.delete(key)
  }

  #tell(reader: User, outcome: ReceiptOutcome, connectionId: string | null = null): void {
    if (outcome.kind !== 'advanced') return
    if (outcome.readCount > 0) {
      const event = {
        type: 'channel.read',
        channelId: outcome.conversationId,
        readSeq: outcome.cursors.readSeq,
      } as const
      this.#hub.publish(`user:${reader.id}`, event, connectionId)
    }
    this.#tellAuthors(reader, outcome.conversationId, 'delivered', outcome.delivered)
    this.#tellAuthors(reader, outcome.conversationId, 'read', outcome.read)
  }

  #tellAuthors(
    reader: User,
    conversationId: string,
    status: 'delivered' | 'read',
    passed: readonly Passed[],
  ): void {
    const byAuthor = groupByAuthor(passed)
    const at = this.#clock.now()
    for (const [authorId, messages] of byAuthor) {
      this.#observer.count('parley_receipts_total', { status }, messages.length)
      this.#hub.publish(`user:${authorId}`, {
        type: 'receipt.advanced',
        status,
        conversationId,
        reader: { id: reader.id, username: reader.username, avatar: reader.avatar },
        messageIds: messages.map((message) => message.messageId),
        upTo: messages.at(-1)!.seq,
        at,
      })
    }
  }
}

const groupByAuthor = (passed: readonly Passed[]): Map<string, Passed[]> => {
  const byAuthor = new Map<string, Passed[]>()
  for (const message of passed) {
    const messages = byAuthor.get(message.senderId)
    if (messages === undefined) byAuthor.set(message.senderId, [message])
    else messages.push(message)
  }
  return byAuthor
}
