import { type Call, Fault, newId } from '@parley/model'
import { countOrRefuse } from './count-or-refuse.ts'
import type { EventHub } from './event-hub.ts'
import type { CallOver } from './events.ts'
import type { LeaseKeeper } from './lease-keeper.ts'
import type { Limits } from './limits.ts'
import type { MessageSender, Sender } from './message-sender.ts'
import type { PeerIds } from './peer-ids.ts'
import type { Topic } from './ports/bus.ts'
import type { Clock } from './ports/clock.ts'
import type { Lease, LeaseChange } from './ports/leases.ts'
import type { Observer } from './ports/observer.ts'
import type { UserCache } from './user-cache.ts'

/** How long a call rings (ms; wire, "signal"). */
export const RING_TIME = 30_000
/** How long other nodes leave it to the one that placed a missed call to write it down (ms): that may be gone. */
const WRITE_DOWN_PATIENCE = 2_000
/** The stored text of a missed call; its type says the rest. */
const MISSED = 'Missed call'

interface Dependencies {
  readonly keeper: LeaseKeeper
  readonly hub: EventHub
  readonly peerIds: PeerIds
  readonly users: UserCache
  readonly sender: MessageSender
  readonly limits: Limits
  readonly clock: Clock
  readonly observer: Observer
}

/** Who calls: a peer id that is theirs, under the name that the server knows. */
export interface Caller {
  readonly connectionId: string
  readonly peerId: string
  readonly username: string
  readonly account: Sender | null
}

/**
 * Calls that ring. Each is a lease that nobody renews; whoever ends it decides the call, so that of everything that can
 * happen at once (two devices that accept, a caller who gives up, the time that runs out) one thing does.
 */
export class Calls {
  readonly #with: Dependencies
  /** Calls placed here, which this node counts. */
  readonly #placed = new Set<string>()
  readonly #unwatch: () => void
  #isStopped = false

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
    this.#unwatch = dependencies.keeper.leases.watch('call', (change) => this.#onLease(change))
  }

  stop(): void {
    this.#isStopped = true
    this.#unwatch()
  }

  /** Counts one attempt of who calls. Throws `RATE_LIMITED`. */
  countRequest(subject: string): void {
    const sentence = 'Too many calls. Wait a moment.'
    countOrRefuse(this.#with, { limit: 'call', subject, sentence, who: { subject } })
  }

  /**
   * A call that can be decided from now on; `offer` makes it ring. Rejects with `PEER_NOT_FOUND`, `USER_NOT_FOUND`, and
   * `FORBIDDEN` for who calls an account and has none.
   */
  async place(caller: Caller, to: Call['to']): Promise<Call> {
    if ('peerId' in to) await this.#checkPeer(caller, to.peerId)
    else await this.#checkAccount(caller, to.accountId)
    const call: Call = {
      id: newId(),
      fromPeerId: caller.peerId,
      fromUsername: caller.username,
      fromAccountId: caller.account?.id ?? null,
      to,
    }
    await this.#with.keeper.takeUnrenewed({
      kind: 'call',
      key: call.id,
      holder: caller.connectionId,
      value: leaseValueOf(call),
      ttl: RING_TIME,
    })
    this.#placed.add(call.id)
    this.count('offered')
    return call
  }

  /** Also again, for the same call: nothing starts anew. */
  offer(call: Call, connectionId: string): void {
    this.#with.hub.publish(targetOf(call), { type: 'call.offered', call }, connectionId)
  }

  /** Decides a ringing call. False: it was decided before. */
  async settle(call: Call): Promise<boolean> {
    const { keeper } = this.#with
    const [lease] = await keeper.leases.holders('call', call.id)
    this.#placed.delete(call.id)
    return lease !== undefined && (await keeper.leases.release(lease)).last
  }

  /** Tells the caller, and the answering user's other devices, of a call that `settle` decided. */
  answered(
    call: Call,
    accepted: boolean,
    by: { readonly peerId: string; readonly connectionId: string },
  ): void {
    this.count(accepted ? 'answered' : 'rejected')
    const event = { type: 'call.answered', call, accepted, byPeerId: by.peerId } as const
    this.#with.hub.publish(`peer:${call.fromPeerId}`, event)
    if ('accountId' in call.to) this.over(call, 'taken', targetOf(call), by.connectionId)
  }

  /** Tells whom a call rang that it is over. */
  over(
    call: Call,
    reason: CallOver['reason'],
    topic: Topic = targetOf(call),
    except: string | null = null,
  ): void {
    this.#with.hub.publish(topic, { type: 'call.over', call, reason }, except)
  }

  count(result: 'offered' | 'answered' | 'missed' | 'rejected' | 'ended'): void {
    this.#with.observer.count('parley_calls_total', { result })
  }

  /** An answered call is over after so many seconds. */
  finished(seconds: number): void {
    this.count('ended')
    this.#with.observer.observe('parley_call_seconds', seconds)
  }

  now(): number {
    return this.#with.clock.now()
  }

  /** Somebody else decided it. */
  forget(callId: string): void {
    this.#placed.delete(callId)
  }

  async #checkPeer(caller: Caller, peerId: string): Promise<void> {
    const isThere = peerId !== caller.peerId && (await this.#with.peerIds.holder('peer', peerId)) !== null
    if (!isThere) throw peerNotFound()
  }

  async #checkAccount({ account }: Caller, userId: string): Promise<void> {
    if (account === null || account.role === 'guest') {
      throw new Fault('FORBIDDEN', 'Sign in with an account to call a user')
    }
    const callee = await this.#with.users.find(userId)
    if (callee === null || callee.disabled || callee.role === 'guest' || callee.id === account.id) {
      throw new Fault('USER_NOT_FOUND', 'User not found')
    }
  }

  /** Nobody answered. Every node hears of it, and tells its own. */
  #onLease({ type, lease }: LeaseChange): void {
    if (type !== 'lost') return
    const call = callOf(lease)
    const wasPlacedHere = this.#placed.delete(call.id)
    const event = { type: 'call.over', call, reason: 'missed' } as const
    this.#with.hub.dispatch(targetOf(call), event)
    this.#with.hub.dispatch(`peer:${call.fromPeerId}`, event)
    if (wasPlacedHere) {
      this.count('missed')
      this.#writeDown(call)
    } else {
      // The node that placed it may be gone. It is stored once, whoever is first: its client id is of the call.
      this.#with.clock.after(WRITE_DOWN_PATIENCE, () => this.#writeDown(call))
    }
  }

  #writeDown({ id, fromAccountId, to }: Call): void {
    if (fromAccountId === null || !('accountId' in to) || this.#isStopped) return
    this.#leaveMessage(id, fromAccountId, to.accountId).catch((error: unknown) =>
      this.#with.observer.error('missed call not stored', error, { userId: fromAccountId }),
    )
  }

  async #leaveMessage(callId: string, callerId: string, receiverId: string): Promise<void> {
    const caller = await this.#with.users.find(callerId)
    if (caller === null) return
    const op = {
      kind: 'append-direct',
      messageId: newId(),
      newConversationId: newId(),
      senderId: caller.id,
      receiverId,
      type: 'call',
      content: MISSED,
      clientMessageId: `call-${callId}`,
      parentId: null,
      createdAt: this.#with.clock.now(),
    } as const
    await this.#with.sender.send({ op, sender: caller, connectionId: null })
  }
}

export const peerNotFound = (): Fault => new Fault('PEER_NOT_FOUND', 'Peer not found')

const targetOf = ({ to }: Call): Topic => ('peerId' in to ? `peer:${to.peerId}` : `user:${to.accountId}`)

const leaseValueOf = ({ to, ...call }: Call): Lease['value'] => ({
  fromPeerId: call.fromPeerId,
  fromUsername: call.fromUsername,
  fromAccountId: call.fromAccountId,
  ...('peerId' in to ? { toPeerId: to.peerId } : { toAccountId: to.accountId }),
})

const callOf = ({ key, value }: Lease): Call => {
  const { fromPeerId, fromUsername, fromAccountId, toPeerId, toAccountId } = value
  return {
    id: key,
    fromPeerId: String(fromPeerId),
    fromUsername: String(fromUsername),
    fromAccountId: typeof fromAccountId === 'string' ? fromAccountId : null,
    to: typeof toPeerId === 'string' ? { peerId: toPeerId } : { accountId: String(toAccountId) },
  }
}
