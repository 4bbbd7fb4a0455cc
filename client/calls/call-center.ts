import type { Call, CallEnd, CallOptions, Calls, IncomingCall } from '../api/call.ts'
import { ParleyError } from '../api/error.ts'
import type { Value } from '../value.ts'
import { type CallEnvironment, callEnvironment } from './call-environment.ts'
import type { CallsOptions } from './calls.ts'
import type { ServerFrame, ServerPayload } from './frames.ts'
import { IceSource } from './ice-source.ts'
import { Incoming, type Ring } from './incoming.ts'
import { LiveCall } from './live-call.ts'
import { newPeerId, signalName } from './names.ts'
import { Roster } from './roster.ts'
import { type Entered, type Place, SignalLine } from './signal-line.ts'

/** What a page watches; it is there before this is loaded. */
export interface CallValues {
  readonly state: Value<ReturnType<Calls['state']['get']>>
  readonly incoming: Value<readonly IncomingCall[]>
  readonly current: Value<Call | null>
}

const DIRECT = { kind: 'direct', groupId: null } as const

type GroupOptions = CallOptions & { readonly username: string }

/** Calls of one client: those that ring, and the one that one is in. */
export class CallCenter implements Calls {
  readonly state: CallValues['state']
  readonly incoming: CallValues['incoming']
  readonly current: CallValues['current']
  readonly #username: () => string
  readonly #environment: CallEnvironment
  readonly #line: SignalLine
  readonly #ice: IceSource
  readonly #rings: Incoming
  readonly #roster = new Roster()
  #call: LiveCall | null = null
  #listeners = 0
  /** One call gives way to another: the place is kept for it. */
  #isMoving = false
  #isClosed = false

  constructor({ url, getToken, username, environment = callEnvironment }: CallsOptions, values: CallValues) {
    this.state = values.state
    this.incoming = values.incoming
    this.current = values.current
    this.#username = username
    this.#environment = environment
    this.#ice = new IceSource(url, getToken, environment)
    this.#rings = new Incoming(environment, values.incoming, (ring, wanted) => this.#answer(ring, wanted))
    this.#line = new SignalLine({
      url,
      getToken,
      environment,
      state: values.state,
      onFrame: (frame) => this.#hear(frame),
      onBreak: () => this.#break(),
      onReturn: (entered) => this.#return(entered),
      onLost: () => this.#lost(),
    })
    environment.on('pagehide', () => this.#call?.hangUp())
  }

  listen(): () => void {
    this.#listeners += 1
    this.#settle()
    let isHeld = true
    return () => {
      if (isHeld) this.#listeners -= 1
      isHeld = false
      this.#settle()
    }
  }

  async callUser(
    user: { readonly id: string; readonly username: string },
    options: CallOptions,
  ): Promise<Call> {
    const ring = this.#rings.from(user.id)
    if (ring !== undefined) return ring.accept(options)
    const { id, username } = user
    const partner = { id: id.toLowerCase(), username }
    const call = this.#begin({ ...DIRECT, name: username, user: partner, callId: null }, options)
    try {
      this.#settle()
      await this.#line.ready()
      if (call.isOver) return call
      const refusals = ['USER_NOT_FOUND', 'FORBIDDEN', 'PEER_NOT_FOUND']
      const { callId } = await this.#line.ask('call-user', { userId: user.id }, 'call-ringing', refusals)
      // Given up meanwhile.
      if (call.isOver) this.#line.send('call-ended', { callId })
      else if (call.isRinging) call.callId = callId
      return call
    } catch (error) {
      // Answered in another way: both called.
      if (!call.isRinging) return call
      call.end('failed')
      this.dismiss()
      throw error
    }
  }

  createGroup(name: string, options: GroupOptions): Promise<Call> {
    return this.#enterGroup(null, name, options)
  }

  joinGroup(groupId: string, options: GroupOptions): Promise<Call> {
    return this.#enterGroup(groupId, '', options)
  }

  dismiss(): void {
    if (this.#call?.isOver === false) return
    this.#call = null
    this.current.set(null)
  }

  close(): void {
    this.#isClosed = true
    this.#listeners = 0
    this.#call?.hangUp()
    this.#settle()
    this.dismiss()
  }

  async #enterGroup(groupId: string | null, groupName: string, options: GroupOptions): Promise<Call> {
    this.#checkOpen()
    this.#makeWay()
    this.#rings.clear()
    const place = {
      groupId,
      groupName,
      username: signalName(options.username),
      peerId: newPeerId(),
      isOwn: false,
    }
    try {
      const entered = await this.#line.enter(place)
      const { groupId: id, groupName: name } = entered
      const about = { kind: 'group', name, user: null, groupId: id, callId: null } as const
      const call = this.#begin(about, options)
      this.#roster.reset(entered.members)
      call.enter(entered.members)
      return call
    } catch (error) {
      this.#settle()
      throw error
    }
  }

  #begin(
    about: Pick<LiveCall, 'kind' | 'name' | 'user' | 'groupId' | 'callId'>,
    options: CallOptions,
  ): LiveCall {
    this.#checkOpen()
    this.#makeWay()
    if (this.#line.place === null) this.#line.hold(this.#ownPlace())
    const call: LiveCall = new LiveCall({
      ...about,
      environment: this.#environment,
      iceServers: this.#ice.get(),
      ownPeerId: this.#line.place?.peerId ?? '',
      send: this.#line.send,
      retrySignal: () => this.#line.retryNow(),
      onEnd: () => this.#settle(),
    })
    this.#call = call
    this.current.set(call)
    call.start(options)
    return call
  }

  #makeWay(): void {
    this.#isMoving = true
    this.#call?.hangUp()
    this.#isMoving = false
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new ParleyError('CLOSED', 'This client is closed.')
  }

  #ownPlace(peerId = newPeerId()): Place {
    return { groupId: null, groupName: 'Calls', username: signalName(this.#username()), peerId, isOwn: true }
  }

  /** Is where it has to be: in a call's place, else where others can ring, else nowhere. */
  #settle(): void {
    if (this.#isMoving || this.#call?.isOver === false) return
    const isOwn = this.#line.place?.isOwn === true
    if (this.#listeners === 0) this.#line.close()
    else if (!isOwn) this.#line.hold(this.#ownPlace())
    if (this.#listeners === 0 || !isOwn) this.#rings.clear()
  }

  #break(): void {
    this.#rings.clear()
    if (this.#call?.isRinging) this.#call.end('network')
    else this.#call?.setSignal(false)
  }

  #return({ members }: Entered): void {
    const call = this.#call
    if (call === null || call.isOver) return
    if (call.kind === 'group') {
      this.#roster.reset(members)
      call.enter(members)
    } else call.setSignal(true)
  }

  /** The group is gone, or the account. Who is connected stays so; without anybody there is nothing to stay for. */
  #lost(): void {
    const { place } = this.#line
    // Nobody else knows a group of one's own, but some may know the peer id.
    if (place?.isOwn) this.#line.hold(this.#ownPlace(place.peerId))
    else if (this.#call?.isAlone) this.#call.end('network')
  }

  #answer(ring: Ring, wanted: CallOptions | null): Call | null {
    const { fromPeerId, fromUsername, accountId = null, callId } = ring
    const ownPeerId = this.#line.place?.peerId
    if (ownPeerId === undefined) return null
    const answer = { accepted: wanted !== null, fromPeerId: ownPeerId, toPeerId: fromPeerId }
    if (wanted === null) {
      this.#line.send('call-response', answer)
      return null
    }
    const user = accountId === null ? null : { id: accountId, username: fromUsername }
    const call = this.#begin({ ...DIRECT, name: fromUsername, user, callId }, wanted)
    this.#line.send('call-response', answer)
    call.connect({ peerId: fromPeerId, username: fromUsername, accountId }, false)
    return call
  }

  #hear(frame: ServerFrame): void {
    const call = this.#call?.isOver === false ? this.#call : null
    const { type, payload } = frame
    if (type === 'incoming-call-request') this.#ring(payload, call)
    else if (type === 'call-response') this.#answered(payload, call)
    else if (type === 'signal') call?.take(payload.fromPeerId, payload.data)
    else if (type === 'call-ended') this.#ended(payload, call)
    else if (type === 'call-taken') this.#over(payload.callId, 'taken')
    else if (type === 'call-missed') this.#over(payload.callId, 'missed')
    else if (type !== 'error') this.#follow(frame, call)
    // To an answer that came too late; a call that is connected stays.
    else if (payload.code === 'PEER_NOT_FOUND' && call?.isUnheard) call.end('taken')
  }

  #follow(frame: ServerFrame, call: LiveCall | null): void {
    const group = call?.kind === 'group' ? call : null
    const member = this.#roster.hear(frame)
    if (member === null || group === null) return
    if (frame.type === 'user-left') group.miss(member.peerId ?? '')
    else group.meet(member)
  }

  #ring(ring: Ring, call: LiveCall | null): void {
    const { fromPeerId, fromUsername, accountId = null, callId, accepted } = ring
    if (accepted) {
      if (call === null || !call.isRinging || accountId !== call.user?.id) {
        this.#line.send('call-ended', { toPeerId: fromPeerId })
        return
      }
      this.#rings.dropFrom(accountId)
      call.callId = callId
      call.connect({ peerId: fromPeerId, username: fromUsername, accountId }, false)
      this.#line.giveUp('call-ringing')
    } else if (call?.kind === 'group' && call.has(fromPeerId)) {
      // As clients of document 000 enter the call of a group.
      const fromOwn = this.#line.place?.peerId ?? ''
      this.#line.send('call-response', { accepted: true, fromPeerId: fromOwn, toPeerId: fromPeerId })
      call.answer(fromPeerId)
    } else this.#rings.add(ring)
  }

  #answered(answer: ServerPayload<'call-response'>, call: LiveCall | null): void {
    const { accepted, fromPeerId, callId } = answer
    const isMeant = call?.isRinging && (call.callId === null || call.callId === callId)
    if (call === null || !isMeant) {
      if (accepted) this.#line.send('call-ended', { toPeerId: fromPeerId })
      return
    }
    call.callId = callId
    this.#rings.dropFrom(call.user?.id ?? null)
    if (accepted)
      call.connect({ peerId: fromPeerId, username: call.name, accountId: call.user?.id ?? null }, true)
    else call.end('declined')
  }

  #ended({ fromPeerId, callId }: ServerPayload<'call-ended'>, call: LiveCall | null): void {
    if (this.#rings.drop(callId)) return
    // Given up at the moment at which it was accepted.
    if (call?.isUnheard && call.callId === callId) call.end('cancelled')
    else call?.miss(fromPeerId)
  }

  #over(callId: string, end: CallEnd): void {
    if (!this.#rings.drop(callId) && this.#call?.callId === callId) this.#call.end(end)
  }
}
