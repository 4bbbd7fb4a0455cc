import { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { textFrame } from '../frame.ts'
import { FramePath } from '../frame-path.ts'
import { NodeTransport, type WsSocket } from '../node-transport.ts'

/** A socket whose writes end when the test says so. */
const heldSocket = () => {
  const ends: ((error?: Error | null) => void)[] = []
  const socket = new Duplex({
    read() {},
    write: (_chunk, _encoding, done) => void ends.push(done),
  })
  socket.on('error', () => {})
  const ws = { readyState: 1, bufferedAmount: 0, extensions: '' } as unknown as WsSocket
  return { socket, ends, transport: new NodeTransport(ws, socket) }
}

const pathOf = (text: string): FramePath => new FramePath().with(textFrame(text))

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a write to the network', () => {
  it('SOCK-12 is taken when it ended', async () => {
    const { transport, ends } = heldSocket()
    const taken: boolean[] = []
    transport.write(pathOf('one'), (ok) => taken.push(ok))
    await turn()
    expect(taken).toEqual([])
    ends[0]!()
    await turn()
    expect(taken).toEqual([true])
  })

  it('SOCK-12 is not taken when the socket was destroyed under it, though no error is reported', async () => {
    const { transport, socket, ends } = heldSocket()
    const taken: boolean[] = []
    transport.write(pathOf('one'), (ok) => taken.push(ok))
    socket.destroy()
    // What Node does for a write that the kernel had taken in part.
    ends[0]!()
    await turn()
    expect(taken).not.toContain(true)
  })
})
