import type { Core, Participant } from '@parley/core'
import { Fault } from '@parley/model'
import type { Frame } from '@parley/sockets'
import * as codec from './codec.ts'
import type { SignalConnection } from './session.ts'
import type { ClientFrame } from './validation.ts'

/** What clients of signal send: decoded, handed to the core, answered. */
export class SignalInbound {
  readonly #core: Core

  constructor(core: Core) {
    this.#core = core
  }

  /** One frame. A returned promise delays the connection's following frames. */
  onMessage(connection: SignalConnection, text: string): void | Promise<void> {
    const session = connection.data
    if (session.state === 'starting') return session.started?.then(() => this.onMessage(connection, text))
    if (session.state === 'closed' || session.participant === null) return
    const { limits, observer, clock } = this.#core
    const limit = limits.hit('signal', connection.id)
    if (!limit.ok) {
      if (limit.isFirst) observer.audit('limit reached', { limit: 'signal', connectionId: connection.id })
      const fault = new Fault('RATE_LIMITED', 'Too many messages. Slow down.', limit)
      return this.#refuse(connection, codec.faultFrame(fault, clock.now()))
    }
    const decoded = codec.decode(text)
    if (!decoded.ok) {
      const paths = decoded.issues === null ? 'no JSON' : codec.pathsOf(decoded.issues)
      observer.debug('message refused', { connectionId: connection.id, dialect: 'signal', paths })
      return this.#refuse(connection, codec.invalidFrame(decoded.issues, clock.now()))
    }
    return this.#act(connection, session.participant, decoded.frame).catch((error: unknown) => {
      if (!(error instanceof Fault))
        observer.error('signal message failed', error, { connectionId: connection.id })
      else
        observer.debug('message refused', {
          connectionId: connection.id,
          dialect: 'signal',
          code: error.code,
        })
      this.#refuse(connection, codec.faultFrame(error, clock.now()))
    })
  }

  async #act(connection: SignalConnection, participant: Participant, frame: ClientFrame): Promise<void> {
    switch (frame.type) {
      case 'create-group':
        return participant.create(frame.payload)
      case 'join-group': {
        const { groupId, username, peerId } = frame.payload
        return participant.join({ groupId, username, peerId: peerId ?? null })
      }
      case 'leave-group':
        return participant.leave(frame.payload.userId)
      case 'update-peer-id':
        return participant.setPeerId(frame.payload.peerId)
      case 'call-request': {
        const { fromPeerId, targetPeerId } = frame.payload
        return participant.callPeer({ from: fromPeerId, to: targetPeerId })
      }
      case 'call-response': {
        const { accepted, fromPeerId, toPeerId } = frame.payload
        return participant.answer({ accepted, peerIds: [fromPeerId, toPeerId] })
      }
      case 'signal':
        return participant.signal(frame.payload.toPeerId, frame.payload.data)
      case 'call-ended': {
        const { toPeerId, callId } = frame.payload
        return participant.hangUp(toPeerId === undefined ? { callId: callId ?? '' } : { peerId: toPeerId })
      }
      case 'call-user': {
        const { userId } = frame.payload
        const callId = await participant.callAccount(userId.toLowerCase())
        if (callId !== null) connection.send(codec.callRinging(callId, userId, this.#core.clock.now()))
        return
      }
    }
  }

  /** To the sender alone. */
  #refuse(connection: SignalConnection, frame: Frame): void {
    this.#core.observer.count('parley_refusals_total', { dialect: 'signal' })
    connection.send(frame)
  }
}
