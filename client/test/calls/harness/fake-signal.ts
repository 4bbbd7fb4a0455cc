interface Connection {
  readonly socket: FakeSocket
  readonly accountId: string | null
  readonly userId: string
  username: string
  peerId: string | null
  groupId: string | null
}

interface Ring {
  readonly id: string
  readonly from: Connection
  readonly to: string
}

type Payload = Readonly<Record<string, unknown>>

/** The rules of `/signal` as far as one client needs them. */
export class FakeSignal {
  /** Tokens that are refused. */
  readonly refused = new Set<string>()
  isDown = false
  /** Every frame of a client. */
  readonly heard: { readonly type: string; readonly payload: Payload }[] = []
  readonly #connections = new Set<Connection>()
  readonly #rings = new Map<string, Ring>()
  /** Pairs of peer ids in a call. */
  #talks: readonly (readonly [string | null, string | null])[] = []
  readonly #groups = new Set<string>()
  #ids = 0

  open = (url: string): WebSocket => new FakeSocket(this, url) as unknown as WebSocket

  get size(): number {
    return this.#connections.size
  }

  sent(type: string): readonly Payload[] {
    return this.heard.filter((frame) => frame.type === type).map(({ payload }) => payload)
  }

  /** Cuts every connection of an account. */
  cut(accountId: string, code = 1006): void {
    for (const { socket, accountId: id } of [...this.#connections]) if (id === accountId) socket.end(code)
  }

  tellAll(type: string, payload: Payload): void {
    for (const { socket } of this.#connections) socket.hear(type, payload)
  }

  /** 30 s passed. */
  miss(): void {
    for (const ring of this.#rings.values()) {
      this.#ringing(ring.to).forEach((other) => {
        other.socket.hear('call-missed', { callId: ring.id })
      })
      ring.from.socket.hear('call-missed', { callId: ring.id })
    }
    this.#rings.clear()
  }

  forgetGroups(): void {
    this.#groups.clear()
  }

  connect(socket: FakeSocket, token: string | null): Connection {
    this.#ids += 1
    const connection: Connection = {
      socket,
      accountId: token,
      userId: `user-${this.#ids}`,
      username: '',
      peerId: null,
      groupId: null,
    }
    this.#connections.add(connection)
    return connection
  }

  leave(connection: Connection): void {
    const { peerId } = connection
    this.#connections.delete(connection)
    this.#leaveGroup(connection)
    for (const [one, other] of this.#talks) {
      const to = one === peerId ? other : other === peerId ? one : null
      if (to !== null) this.#byPeer(to)?.socket.hear('call-ended', { fromPeerId: peerId })
    }
    this.#talks = this.#talks.filter((talk) => !talk.includes(peerId))
  }

  take(from: Connection, type: string, payload: Payload): void {
    this.heard.push({ type, payload })
    this.#act(from, type, payload as Record<string, string>)
  }

  #act(from: Connection, type: string, payload: Record<string, string>): void {
    const { socket } = from
    if (type === 'create-group') {
      this.#leaveGroup(from)
      this.#ids += 1
      const groupId = `group_${this.#ids}`
      this.#enter(from, groupId, payload['username'] ?? '')
      const user = { id: from.userId, username: from.username }
      socket.hear('group-created', { groupId, groupName: payload['groupName'], user })
    } else if (type === 'update-peer-id') {
      from.peerId = payload['peerId'] ?? null
      socket.hear('existing-peers', { peers: [] })
    } else if (type === 'join-group') this.#join(from, payload)
    else if (type === 'signal') {
      const other = this.#byPeer(payload['toPeerId'])
      if (other === undefined) this.#refuse(from, 'PEER_NOT_FOUND')
      else other.socket.hear('signal', { fromPeerId: from.peerId, data: payload['data'] })
    } else if (type === 'call-user') this.#call(from, payload['userId'] ?? '')
    else if (type === 'call-response') this.#answer(from, payload)
    else if (type === 'call-ended') this.#end(from, payload)
  }

  #join(from: Connection, { groupId = '', username = '', peerId = '' }: Record<string, string>): void {
    if (!this.#groups.has(groupId)) {
      this.#refuse(from, 'GROUP_NOT_FOUND')
      return
    }
    this.#leaveGroup(from)
    from.peerId = peerId
    const others = this.#of(groupId)
    this.#enter(from, groupId, username)
    const members = others.map((each) => this.#member(each))
    const user = this.#member(from)
    from.socket.hear('group-joined', { groupId, groupName: 'A group', user, members })
    for (const other of others) {
      other.socket.hear('user-joined', { user })
      other.socket.hear('peer-joined', { peerId, username })
    }
  }

  #call(from: Connection, to: string): void {
    if (from.accountId === null) {
      this.#refuse(from, 'FORBIDDEN')
      return
    }
    const targets = this.#ringing(to)
    if (to === 'nobody') {
      this.#refuse(from, 'USER_NOT_FOUND')
      return
    }
    const theirs = [...this.#rings.values()].find(
      (ring) => ring.from.accountId === to && ring.to === from.accountId,
    )
    if (theirs !== undefined) {
      this.#rings.delete(theirs.id)
      from.socket.hear('incoming-call-request', { ...this.#about(theirs), accepted: true })
      this.#response(theirs, from, true)
      return
    }
    this.#ids += 1
    const ring = { id: `call-${this.#ids}`, from, to }
    this.#rings.set(ring.id, ring)
    for (const { socket } of targets) socket.hear('incoming-call-request', this.#about(ring))
    from.socket.hear('call-ringing', { callId: ring.id, userId: to })
  }

  #answer(from: Connection, payload: Record<string, string>): void {
    const accepted = (payload['accepted'] as unknown) === true
    const ring = [...this.#rings.values()].find(
      (each) => each.from.peerId === payload['toPeerId'] && each.to === from.accountId,
    )
    if (ring === undefined) {
      this.#refuse(from, 'PEER_NOT_FOUND')
      return
    }
    this.#rings.delete(ring.id)
    for (const other of this.#ringing(ring.to))
      if (other !== from) other.socket.hear('call-taken', { callId: ring.id })
    this.#response(ring, from, accepted)
  }

  #end(from: Connection, { toPeerId, callId = '' }: Record<string, string>): void {
    const ring = this.#rings.get(callId)
    if (ring !== undefined) {
      this.#rings.delete(callId)
      for (const { socket } of this.#ringing(ring.to))
        socket.hear('call-ended', { fromPeerId: from.peerId, callId })
    } else this.#byPeer(toPeerId)?.socket.hear('call-ended', { fromPeerId: from.peerId })
  }

  #response(ring: Ring, by: Connection, accepted: boolean): void {
    if (accepted) this.#talks = [...this.#talks, [ring.from.peerId, by.peerId]]
    const payload = { accepted, fromPeerId: by.peerId, toPeerId: ring.from.peerId, callId: ring.id }
    ring.from.socket.hear('call-response', payload)
  }

  #about({ id, from }: Ring): Payload {
    return { fromPeerId: from.peerId, fromUsername: from.username, callId: id, accountId: from.accountId }
  }

  #enter(connection: Connection, groupId: string, username: string): void {
    this.#groups.add(groupId)
    connection.groupId = groupId
    connection.username = username
  }

  #leaveGroup(connection: Connection): void {
    const { groupId, userId, username } = connection
    connection.groupId = null
    if (groupId === null) return
    for (const { socket } of this.#of(groupId)) socket.hear('user-left', { userId, username })
  }

  #refuse({ socket }: Connection, code: string): void {
    socket.hear('error', { code, message: code })
  }

  #member({ userId, username, peerId, accountId }: Connection): Payload {
    return { id: userId, username, peerId, ...(accountId !== null && { accountId }) }
  }

  #of(groupId: string): readonly Connection[] {
    return [...this.#connections].filter((each) => each.groupId === groupId)
  }

  #ringing(accountId: string): readonly Connection[] {
    return [...this.#connections].filter((each) => each.accountId === accountId && each.peerId !== null)
  }

  #byPeer(peerId: string | undefined): Connection | undefined {
    return [...this.#connections].find((each) => each.peerId === peerId)
  }
}

/** The client's end of a connection. What goes through it arrives in order, a moment later. */
class FakeSocket {
  readyState = 0
  onopen: (() => void) | null = null
  onmessage: ((event: { readonly data: string }) => void) | null = null
  onclose: ((event: { readonly code: number }) => void) | null = null
  readonly #signal: FakeSignal
  #connection: Connection | null = null

  constructor(signal: FakeSignal, url: string) {
    this.#signal = signal
    const token = new URL(url).searchParams.get('token')
    setImmediate(() => {
      if (signal.isDown) return this.end(1006)
      this.readyState = 1
      this.#connection = signal.connect(this, token)
      this.onopen?.()
      if (token !== null && signal.refused.has(token)) this.end(4002)
    })
  }

  hear(type: string, payload: Payload): void {
    const data = JSON.stringify({ type, payload, timestamp: 1 })
    setImmediate(() => this.onmessage?.({ data }))
  }

  send(text: string): void {
    const { type, payload } = JSON.parse(text) as { type: string; payload: Payload }
    const connection = this.#connection
    setImmediate(() => connection !== null && this.#signal.take(connection, type, payload))
  }

  close(): void {
    setImmediate(() => this.end(1000))
  }

  end(code: number): void {
    this.readyState = 3
    const connection = this.#connection
    this.#connection = null
    if (connection !== null) this.#signal.leave(connection)
    this.onclose?.({ code })
  }
}
