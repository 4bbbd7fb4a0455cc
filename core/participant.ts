import { Fault, type Group, type GroupMember } from '@parley/model'
import { CALL_ENDED, CallLine, type CallNews } from './call-line.ts'
import { type Calls, peerNotFound } from './calls.ts'
import type { CoreEvent } from './events.ts'
import { type GroupEvent, GroupView } from './group-view.ts'
import { type Groups, groupNotFound, type Membership } from './groups.ts'
import type { Sender } from './message-sender.ts'
import type { PeerClaim, PeerIds } from './peer-ids.ts'
import type { Topic } from './ports/bus.ts'
import type { Observer } from './ports/observer.ts'
import type { TopicListener, TopicListeners } from './topic-listeners.ts'

/** What a relayed SDP or ICE blob is called among holders of peer ids. */
const SIGNAL = 'signal'

/** What one connection is told: translate each to frames, in order. */
export type ParticipantNews =
  | GroupEvent
  | CallNews
  | {
      readonly type: 'group.entered'
      readonly group: Group
      readonly member: GroupMember
      readonly others: readonly GroupMember[]
      readonly isNew: boolean
    }
  | { readonly type: 'peers.listed'; readonly others: readonly GroupMember[] }
  | { readonly type: 'signal'; readonly fromPeerId: string; readonly data: unknown }
  /** The peer id went to somebody else, as this connection did not answer. */
  | { readonly type: 'peer.lost' }
  /** The place in the group was lost to a long silence of this node. The connection should be closed. */
  | { readonly type: 'place.lost' }

interface Dependencies {
  readonly groups: Groups
  readonly peerIds: PeerIds
  readonly calls: Calls
  readonly listeners: TopicListeners
  readonly observer: Observer
}

/** A connection that takes part. */
export interface ParticipantOptions {
  readonly connectionId: string
  /** Null: a guest without an account. */
  readonly account: Sender | null
  /** Asks the connection itself whether its peer lives. */
  readonly isAlive: () => Promise<boolean>
  /** Must not throw and must not wait. */
  readonly tell: (news: ParticipantNews) => void
}

interface Place {
  readonly membership: Membership
  readonly view: GroupView
}

interface Peer {
  readonly claim: PeerClaim
  readonly line: CallLine
}

/**
 * One connection of `signal`: in one group at a time, at one peer id, with its calls. What it does takes effect in order; every
 * method rejects with a `Fault` when it is refused, and then changed nothing.
 */
export class Participant implements TopicListener {
  readonly connectionId: string
  readonly #with: Dependencies
  readonly #options: ParticipantOptions
  #place: Place | null = null
  #entering: { readonly groupId: string; readonly view: GroupView } | null = null
  #peer: Peer | null = null
  #isClosed = false
  #tail: Promise<unknown> = Promise.resolve()

  constructor(dependencies: Dependencies, options: ParticipantOptions) {
    this.#with = dependencies
    this.#options = options
    this.connectionId = options.connectionId
  }

  /** To be called once, before anything else: rings at the account reach this connection from then on. */
  async start(): Promise<void> {
    const { account } = this.#options
    if (account !== null) await this.#with.listeners.retain(`user:${account.id}`, this)
  }

  /** A disconnect is a leave. Never rejects; nothing of the connection is left when it resolves. */
  close(): Promise<void> {
    return this.#run(async () => {
      this.#isClosed = true
      const { account } = this.#options
      if (account !== null) this.#with.listeners.release(`user:${account.id}`, this)
      await this.#leave()
    }).catch((error: unknown) => this.#with.observer.error('participant not gone', error))
  }

  create({ groupName, username }: { groupName: string; username: string }): Promise<void> {
    return this.#act(() =>
      this.#enter(this.#with.groups.newGroup(groupName), { username, isNew: true, peer: null }),
    )
  }

  /** `GROUP_NOT_FOUND`, `GROUP_FULL`; with `PEER_ID_TAKEN` it is in the group all the same, without a peer id. */
  join(request: { groupId: string; username: string; peerId: string | null }): Promise<void> {
    const { groupId, username, peerId } = request
    return this.#act(async () => {
      const { groups } = this.#with
      const group = await groups.find(groupId)
      if (group === null) throw groupNotFound()
      const keeps = peerId !== null && this.#peer?.claim.id === peerId
      const claimed = peerId === null || keeps ? null : await this.#claim(peerId)
      await this.#enter(group, { username, isNew: false, peer: keeps ? 'keep' : claimed })
      if (peerId !== null && !keeps && claimed === null) throw peerIdTaken()
    })
  }

  /** `USER_NOT_FOUND` for an id that is not the one of this connection's place. */
  leave(userId: string): Promise<void> {
    return this.#act(async () => {
      if (this.#place?.membership.member.userId !== userId) throw userNotFound()
      await this.#leave()
    })
  }

  /** `USER_NOT_FOUND` without a group, `PEER_ID_TAKEN`. */
  setPeerId(peerId: string): Promise<void> {
    return this.#act(async () => {
      const { groups } = this.#with
      if (this.#place === null) throw userNotFound()
      if (this.#peer?.claim.id !== peerId) {
        const claim = await this.#claim(peerId)
        if (claim === null) throw peerIdTaken()
        await this.#dropPeer()
        this.#adopt(claim, this.#place.membership.member.username)
      }
      await this.#movePeer(peerId)
      this.#options.tell({ type: 'peers.listed', others: await groups.others(this.#place.membership) })
    })
  }

  /** `RATE_LIMITED`, `PEER_NOT_FOUND`. */
  callPeer({ from, to }: { from: string; to: string }): Promise<void> {
    return this.#act(async () => {
      this.#countCall()
      const { line } = await this.#speakAs(from)
      await line.callPeer(to)
    })
  }

  /** The id of the call that rings; null: they were calling, and are on the line. */
  callAccount(accountId: string): Promise<string | null> {
    return this.#act(async () => {
      this.#countCall()
      return (await this.#ownPeer().line.callAccount(accountId))?.id ?? null
    })
  }

  /** `PEER_NOT_FOUND` when neither id is this connection's own, or nobody rings from the other. */
  answer({ accepted, peerIds }: { accepted: boolean; peerIds: readonly [string, string] }): Promise<void> {
    return this.#act(async () => {
      const { claim, line } = this.#ownPeer()
      const [one, other] = peerIds
      if (one !== claim.id && other !== claim.id) throw peerNotFound()
      await line.answer(one === claim.id ? other : one, accepted)
    })
  }

  hangUp(to: { readonly peerId: string } | { readonly callId: string }): Promise<void> {
    return this.#act(async () => {
      const { line } = this.#ownPeer()
      await ('peerId' in to ? line.hangUp(to.peerId) : line.cancel(to.callId))
    })
  }

  /** Passes a blob on, as it came. */
  signal(to: string, data: unknown): Promise<void> {
    return this.#act(async () => {
      const { peerIds } = this.#with
      const { claim } = this.#ownPeer()
      if ((await peerIds.holder('peer', to)) === null) throw peerNotFound()
      peerIds.relay('peer', { from: claim.id, to, kind: SIGNAL, data })
    })
  }

  hear(topic: Topic, event: CoreEvent): void {
    // While an id is claimed, what comes there is for its present holder.
    if (topic.startsWith('peer:') && topic !== `peer:${this.#peer?.claim.id}`) return
    switch (event.type) {
      case 'group.joined':
      case 'group.left':
      case 'group.peer-changed':
        this.#hearGroup(event)
        break
      case 'call.offered':
      case 'call.answered':
      case 'call.over':
        this.#peer?.line.hear(event)
        break
      case 'peer.relayed':
        if (event.kind === CALL_ENDED) this.#peer?.line.hear(event)
        else this.#options.tell({ type: 'signal', fromPeerId: event.from, data: event.data })
        break
    }
  }

  #hearGroup(event: GroupEvent): void {
    const { tell } = this.#options
    const membership = this.#place?.membership
    if (membership !== undefined && membership.member.userId === event.member.userId) {
      if (event.type === 'group.left') tell({ type: 'place.lost' })
      return
    }
    const view = membership?.group.id === event.groupId ? this.#place?.view : undefined
    if (view !== undefined) {
      if (view.accepts(event)) tell(event)
    } else if (this.#entering?.groupId === event.groupId) this.#entering.view.accepts(event)
  }

  async #enter(
    group: Group,
    { username, isNew, peer }: { username: string; isNew: boolean; peer: PeerClaim | 'keep' | null },
  ): Promise<void> {
    const { groups, listeners } = this.#with
    // Into the group one is in: out first, and in again as somebody new.
    if (this.#place?.membership.group.id === group.id) await this.#leaveGroup()
    const view = new GroupView()
    const claim = peer === 'keep' ? (this.#peer?.claim ?? null) : peer
    this.#entering = { groupId: group.id, view }
    try {
      await listeners.retain(`group:${group.id}`, this)
      const accountId = this.#options.account?.id ?? null
      const { connectionId } = this
      const entry = { connectionId, username, accountId, peerId: claim?.id ?? null }
      const membership = await groups.enter(group, entry, isNew)
      await this.#leaveGroup()
      if (peer !== 'keep' || claim === null) await this.#dropPeer()
      this.#place = { membership, view }
      if (claim !== null) await this.#takeLine(claim, username)
      groups.announce(membership)
      const others = await groups.others(membership)
      this.#options.tell({ type: 'group.entered', group, member: membership.member, others, isNew })
      for (const event of view.listed(others)) this.#options.tell(event)
    } catch (error) {
      if (this.#place?.view !== view) {
        listeners.release(`group:${group.id}`, this)
        if (peer !== null && peer !== 'keep') await this.#giveBack(peer)
        if (this.#place === null) await this.#dropPeer()
      }
      throw error
    } finally {
      this.#entering = null
    }
  }

  /** The line of an id that was kept is new if the name is. */
  async #takeLine(claim: PeerClaim, username: string): Promise<void> {
    if (this.#peer?.claim === claim) await this.#peer.line.close()
    this.#adopt(claim, username)
  }

  #adopt(claim: PeerClaim, username: string): void {
    const { calls, peerIds } = this.#with
    const { account, tell } = this.#options
    const caller = { connectionId: this.connectionId, peerId: claim.id, username, account }
    this.#peer = { claim, line: new CallLine({ calls, peerIds, caller, tell }) }
  }

  async #leave(): Promise<void> {
    await this.#dropPeer()
    await this.#leaveGroup()
  }

  async #leaveGroup(): Promise<void> {
    const place = this.#place
    if (place === null) return
    this.#place = null
    this.#with.listeners.release(`group:${place.membership.group.id}`, this)
    await this.#with.groups.leave(place.membership)
  }

  async #dropPeer(): Promise<void> {
    const peer = this.#peer
    if (peer === null) return
    this.#peer = null
    await peer.line.close()
    await this.#giveBack(peer.claim)
  }

  async #giveBack(claim: PeerClaim): Promise<void> {
    this.#with.listeners.detach(`peer:${claim.id}`, this)
    await this.#with.peerIds.release(claim)
  }

  /** Null: somebody else holds it and lives. */
  async #claim(id: string): Promise<PeerClaim | null> {
    const { listeners, peerIds } = this.#with
    const topic: Topic = `peer:${id}`
    listeners.attach(topic, this)
    let claim: PeerClaim | null = null
    try {
      claim = await peerIds.claim({
        space: 'peer',
        id,
        connectionId: this.connectionId,
        value: { accountId: this.#options.account?.id ?? null },
        sink: listeners,
        isAlive: this.#options.isAlive,
        onLost: () => void this.#run(() => this.#lost(claim)).catch(() => {}),
      })
      return claim
    } finally {
      if (claim === null) listeners.detach(topic, this)
    }
  }

  /** The id went to somebody else. */
  async #lost(claim: PeerClaim | null): Promise<void> {
    if (claim === null || this.#peer?.claim !== claim) return
    await this.#dropPeer()
    if (this.#place !== null) await this.#movePeer(null)
    this.#options.tell({ type: 'peer.lost' })
  }

  async #movePeer(peerId: string | null): Promise<void> {
    if (this.#place === null) return
    const { membership, view } = this.#place
    this.#place = { membership: await this.#with.groups.movePeer(membership, peerId), view }
  }

  #ownPeer(): Peer {
    if (this.#peer === null) throw peerNotFound()
    return this.#peer
  }

  /** Its own peer id, or one that nobody holds if it has a group and no peer id yet. */
  async #speakAs(peerId: string): Promise<Peer> {
    if (this.#peer?.claim.id === peerId) return this.#peer
    const isFree =
      this.#place !== null &&
      this.#peer === null &&
      (await this.#with.peerIds.holder('peer', peerId)) === null
    const claim = isFree ? await this.#claim(peerId) : null
    if (claim === null || this.#place === null) throw peerNotFound()
    this.#adopt(claim, this.#place.membership.member.username)
    await this.#movePeer(peerId)
    return this.#ownPeer()
  }

  #countCall(): void {
    this.#with.calls.countRequest(this.#options.account?.id ?? this.connectionId)
  }

  #act<T>(task: () => Promise<T>): Promise<T> {
    return this.#run(() => {
      if (this.#isClosed) throw new Fault('UNAVAILABLE', 'This connection is closed')
      return task()
    })
  }

  #run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task)
    this.#tail = result.catch(() => {})
    return result
  }
}

const userNotFound = (): Fault => new Fault('USER_NOT_FOUND', 'User not found')

const peerIdTaken = (): Fault => new Fault('PEER_ID_TAKEN', 'This peer id is in use')
