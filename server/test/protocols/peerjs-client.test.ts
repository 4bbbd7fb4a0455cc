import { setTimeout as sleep } from 'node:timers/promises'
import type { DataConnection, Peer, PeerOptions } from 'peerjs'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** The PeerJS client as it is published, without a browser: everything but the connection between the two peers. */

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

let server: TestServer
let names = 0

const newName = (): string => {
  names += 1
  return `peer-${names}`
}

const eventually = async (met: () => boolean): Promise<void> => {
  const deadline = Date.now() + 15_000
  while (!met()) {
    if (Date.now() > deadline) throw new Error('it did not come to hold')
    await sleep(10)
  }
}

let NewPeer: typeof Peer
const peers: Peer[] = []

/** Node has no WebRTC: descriptions are words, and no connection ever comes to be. */
class FakePeerConnection {
  signalingState = 'stable'
  onicecandidate: ((event: { candidate: object }) => void) | null = null
  createDataChannel = () => ({ readyState: 'connecting', addEventListener() {}, close() {} })
  createOffer = async () => ({ type: 'offer', sdp: 'v=0 offer' })
  createAnswer = async () => ({ type: 'answer', sdp: 'v=0 answer' })
  setRemoteDescription = async (description: object) => void remote.push(description)
  addIceCandidate = async (candidate: object) => void candidates.push(candidate)
  close() {}
  async setLocalDescription() {
    this.onicecandidate?.({ candidate: { candidate: 'candidate:1', sdpMid: '0' } })
  }
}
const remote: object[] = []
const candidates: object[] = []

beforeAll(async () => {
  server = await startTestServer({ LIMIT_CONNECT: '100000' })
  vi.stubGlobal('WebSocket', WebSocket)
  vi.stubGlobal('RTCPeerConnection', FakePeerConnection)
  vi.stubGlobal(
    'RTCSessionDescription',
    class {
      constructor(description: object) {
        Object.assign(this, description)
      }
    },
  )
  ;({ Peer: NewPeer } = await import('peerjs'))
})
afterEach(() => {
  for (const peer of peers.splice(0)) peer.destroy()
})
afterAll(async () => {
  vi.unstubAllGlobals()
  await server.stop()
})

const create = (id?: string, more: PeerOptions = {}): Peer => {
  const { hostname, port } = new URL(server.url)
  const options = { host: hostname, port: Number(port), path: '/peerjs', secure: false, ...more }
  const peer = id === undefined ? new NewPeer(options) : new NewPeer(id, options)
  peers.push(peer)
  return peer
}
const opened = (peer: Peer): Promise<string> =>
  new Promise((resolve, reject) => {
    peer.once('open', resolve)
    peer.once('error', reject)
  })
const failed = (peer: Peer): Promise<string> =>
  new Promise((resolve) => peer.once('error', ({ type }) => resolve(type)))

describe('peerjs: the stock client', () => {
  it('PEERJS-12 gets an id from the server, or the one it wants, whatever its path', async () => {
    expect(await opened(create())).toMatch(UUID)
    const wanted = newName()
    expect(await opened(create(wanted))).toBe(wanted)
    expect(await opened(create(newName(), { path: '/' }))).toMatch(/^peer-/)
  })

  it('PEERJS-12 reaches another: offer, answer and candidates', async () => {
    const [one, two] = [create(), create()]
    const [, id] = await Promise.all([opened(one), opened(two)])
    const heard = new Promise<DataConnection>((resolve) => two.once('connection', resolve))
    one.connect(id, { metadata: { greeting: 'hello' }, serialization: 'json' })
    const connection = await heard
    expect([connection.peer, connection.metadata]).toEqual([one.id, { greeting: 'hello' }])
    await eventually(() => remote.length === 2 && candidates.length === 2)
    expect(remote).toEqual([
      expect.objectContaining({ sdp: 'v=0 offer' }),
      expect.objectContaining({ sdp: 'v=0 answer' }),
    ])
  })

  it('PEERJS-12 hears that nobody is there, that its id is taken, and that its key is wrong', async () => {
    const one = create(newName())
    const id = await opened(one)
    const absent = failed(one)
    one.connect(newName())
    expect(await failed(create(id))).toBe('unavailable-id')
    expect(await failed(create(newName(), { key: 'other', path: '/peerjs' }))).toBe('invalid-key')
    expect(await absent).toBe('peer-unavailable')
    expect(one.open).toBe(true)
  })

  it('PEERJS-12 comes back under its id after its network was lost', async () => {
    const one = create(newName())
    const id = await opened(one)
    const gone = new Promise((resolve) => one.once('disconnected', resolve))
    const socket = (one as unknown as { socket: { _socket: WebSocket } }).socket._socket
    one.once('error', () => {})
    socket.terminate()
    await gone
    one.reconnect()
    expect(await opened(one)).toBe(id)
  })
})
