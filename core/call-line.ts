import { type Call, Fault } from '@parley/model'
import { type Caller, type Calls, peerNotFound } from './calls.ts'
import type { CallAnswered, CallOffered, CallOver, PeerRelayed } from './events.ts'
import type { PeerIds } from './peer-ids.ts'

/** Most calls that one connection is in at once, of each sort: ringing here, rung from here, answered. */
const MAX_CALLS = 100
/** What a relayed end of a call is called among holders of peer ids. */
export const CALL_ENDED = 'call-ended'

/** What a connection is told of calls. */
export type CallNews =
  | { readonly type: 'call.incoming'; readonly call: Call; readonly accepted: boolean }
  | {
      readonly type: 'call.response'
      readonly call: Call
      readonly accepted: boolean
      readonly byPeerId: string
    }
  | { readonly type: 'call.taken' | 'call.missed'; readonly call: Call }
  | { readonly type: 'call.ended'; readonly fromPeerId: string; readonly callId: string | null }

interface Talk {
  readonly callId: string
  readonly since: number
  /** The one side that counts the call. */
  readonly isAnswerer: boolean
}

interface Dependencies {
  readonly calls: Calls
  readonly peerIds: PeerIds
  readonly caller: Caller
  readonly tell: (news: CallNews) => void
}

/** The calls of one connection at its peer id: those that ring there, those it placed, those it is in. */
export class CallLine {
  readonly #with: Dependencies
  /** By call id: placed from here, and ringing. */
  readonly #placed = new Map<string, Call>()
  /** By call id: ringing here. */
  readonly #ringing = new Map<string, Call>()
  /** By the other's peer id. */
  readonly #talks = new Map<string, Talk>()
  #isClosed = false

  constructor(dependencies: Dependencies) {
    this.#with = dependencies
  }

  /** Rejects with `PEER_NOT_FOUND`. Who asks again while it rings rings again. */
  async callPeer(peerId: string): Promise<void> {
    await this.#call(
      { peerId },
      ({ fromPeerId }) => fromPeerId === peerId,
      ({ to }) => 'peerId' in to && to.peerId === peerId,
    )
  }

  /** The call that rings; null: they are on the line already. Rejects with `FORBIDDEN`, `USER_NOT_FOUND`. */
  callAccount(accountId: string): Promise<Call | null> {
    return this.#call(
      { accountId },
      ({ fromAccountId }) => fromAccountId === accountId,
      ({ to }) => 'accountId' in to && to.accountId === accountId,
    )
  }

  /** Answers the call of this peer. Rejects with `PEER_NOT_FOUND` when none of theirs rings here any more. */
  async answer(callerPeerId: string, accepted: boolean): Promise<void> {
    const { calls, caller } = this.#with
    const call = find(this.#ringing, ({ fromPeerId }) => fromPeerId === callerPeerId)
    if (call === null || !(await calls.settle(call))) throw peerNotFound()
    this.#ringing.delete(call.id)
    if (accepted) this.#talk(callerPeerId, call.id, true)
    calls.answered(call, accepted, caller)
  }

  /** Ends the call with this peer, whatever it is. Rejects with `PEER_NOT_FOUND` when nobody holds the id. */
  async hangUp(peerId: string): Promise<void> {
    const { peerIds, caller } = this.#with
    const placed = find(this.#placed, ({ to }) => 'peerId' in to && to.peerId === peerId)
    if (placed !== null) return this.#giveUp(placed)
    if (find(this.#ringing, ({ fromPeerId }) => fromPeerId === peerId) !== null)
      return this.answer(peerId, false)
    if ((await peerIds.holder('peer', peerId)) === null) throw peerNotFound()
    const talk = this.#endTalk(peerId)
    peerIds.relay('peer', { from: caller.peerId, to: peerId, kind: CALL_ENDED, data: talk?.callId ?? null })
  }

  /** Ends a call that was placed from here and rings. Rejects with `PEER_NOT_FOUND` when there is none. */
  async cancel(callId: string): Promise<void> {
    const call = this.#placed.get(callId)
    if (call === undefined) throw peerNotFound()
    await this.#giveUp(call)
  }

  /** The peer id is given up: every call at it is over. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true
    const { peerIds, caller } = this.#with
    const ends = [...this.#placed.values()].map((call) => this.#giveUp(call))
    for (const call of this.#ringing.values()) {
      // A user's other devices go on ringing.
      if ('peerId' in call.to) ends.push(this.#goneWhileRinging(call))
    }
    for (const [to, { callId }] of this.#talks) {
      this.#endTalk(to)
      peerIds.relay('peer', { from: caller.peerId, to, kind: CALL_ENDED, data: callId })
    }
    this.#ringing.clear()
    await Promise.allSettled(ends)
  }

  /** What came on the topic of the peer id or of the account. */
  hear(event: CallOffered | CallAnswered | CallOver | PeerRelayed): void {
    if (this.#isClosed) return
    switch (event.type) {
      case 'call.offered':
        this.#offered(event.call)
        break
      case 'call.answered': {
        const { call, accepted, byPeerId } = event
        if (!this.#placed.delete(call.id)) break
        this.#with.calls.forget(call.id)
        if (accepted) this.#talk(byPeerId, call.id, false)
        this.#with.tell({ type: 'call.response', call, accepted, byPeerId })
        break
      }
      case 'call.over':
        this.#over(event)
        break
      case 'peer.relayed':
        this.#with.tell({
          type: 'call.ended',
          fromPeerId: event.from,
          callId: this.#endTalk(event.from)?.callId ?? null,
        })
        break
    }
  }

  async #call(to: Call['to'], isTheirs: Matches, isAgain: Matches): Promise<Call | null> {
    const { calls, caller } = this.#with
    if (await this.#joinLower(isTheirs, null)) return null
    const again = find(this.#placed, isAgain)
    if (again !== null) {
      calls.offer(again, caller.connectionId)
      return again
    }
    if (this.#placed.size >= MAX_CALLS) throw new Fault('RATE_LIMITED', 'Too many calls. Wait a moment.')
    const call = await calls.place(caller, to)
    this.#placed.set(call.id, call)
    // Theirs may have come while this one was placed.
    if (await this.#joinLower(isTheirs, call)) return null
    const theirs = find(this.#ringing, isTheirs)
    if (theirs !== null) this.#ringing.delete(theirs.id)
    calls.offer(call, caller.connectionId)
    return call
  }

  /** They call each other: the lower peer id's request is the call. False: there is none such. */
  async #joinLower(isTheirs: Matches, own: Call | null): Promise<boolean> {
    const theirs = find(this.#ringing, isTheirs)
    if (theirs === null || !isLower(theirs.fromPeerId, this.#with.caller.peerId)) return false
    return this.#join(theirs, own)
  }

  #offered(call: Call): void {
    const { caller, tell } = this.#with
    const own = find(this.#placed, ({ to }) =>
      'peerId' in to ? to.peerId === call.fromPeerId : to.accountId === call.fromAccountId,
    )
    if (own !== null) {
      // They call each other. The one with the higher peer id gives way, on whichever node.
      if (isLower(call.fromPeerId, caller.peerId)) void this.#join(call, own)
      return
    }
    const isNew = !this.#ringing.has(call.id)
    if (isNew && this.#ringing.size >= MAX_CALLS) return
    this.#ringing.set(call.id, call)
    tell({ type: 'call.incoming', call, accepted: false })
  }

  /** Of two calls between the same two, theirs is the one, and is accepted at once. False: it rings no longer. */
  async #join(theirs: Call, own: Call | null): Promise<boolean> {
    const { calls, caller, tell } = this.#with
    if (!(await calls.settle(theirs))) return false
    this.#ringing.delete(theirs.id)
    if (own !== null) {
      this.#placed.delete(own.id)
      if ((await calls.settle(own)) && 'accountId' in own.to) calls.over(own, 'taken')
    }
    if (this.#isClosed) {
      // The connection went at this very moment.
      calls.over(theirs, 'ended', `peer:${theirs.fromPeerId}`)
      return true
    }
    this.#talk(theirs.fromPeerId, theirs.id, true)
    calls.answered(theirs, true, caller)
    tell({ type: 'call.incoming', call: theirs, accepted: true })
    return true
  }

  #over({ call, reason }: CallOver): void {
    const { calls, tell } = this.#with
    const wasPlaced = this.#placed.delete(call.id)
    if (wasPlaced) calls.forget(call.id)
    const wasRinging = this.#ringing.delete(call.id)
    if (!wasPlaced && !wasRinging) return
    if (reason === 'taken') tell({ type: 'call.taken', call })
    else if (reason === 'missed') tell({ type: 'call.missed', call })
    else if (wasRinging) tell({ type: 'call.ended', fromPeerId: call.fromPeerId, callId: call.id })
    else if ('peerId' in call.to) tell({ type: 'call.ended', fromPeerId: call.to.peerId, callId: call.id })
  }

  async #giveUp(call: Call): Promise<void> {
    const { calls } = this.#with
    this.#placed.delete(call.id)
    if (!(await calls.settle(call))) return
    calls.count('ended')
    calls.over(call, 'ended')
  }

  async #goneWhileRinging(call: Call): Promise<void> {
    const { calls } = this.#with
    if (!(await calls.settle(call))) return
    calls.count('ended')
    calls.over(call, 'ended', `peer:${call.fromPeerId}`)
  }

  #talk(peerId: string, callId: string, isAnswerer: boolean): void {
    this.#endTalk(peerId)
    if (this.#talks.size >= MAX_CALLS) this.#endTalk(this.#talks.keys().next().value!)
    this.#talks.set(peerId, { callId, since: this.#with.calls.now(), isAnswerer })
  }

  #endTalk(peerId: string): Talk | null {
    const talk = this.#talks.get(peerId)
    if (talk === undefined) return null
    this.#talks.delete(peerId)
    const { calls } = this.#with
    if (talk.isAnswerer) calls.finished((calls.now() - talk.since) / 1_000)
    return talk
  }
}

type Matches = (call: Call) => boolean

/** Which of two calls stands: by code units, so that it is the same everywhere. */
const isLower = (one: string, other: string): boolean => one < other

const find = (calls: ReadonlyMap<string, Call>, matches: Matches): Call | null => {
  for (const call of calls.values()) if (matches(call)) return call
  return null
}
